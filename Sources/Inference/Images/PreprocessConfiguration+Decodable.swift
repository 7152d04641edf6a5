extension PreprocessConfiguration: Decodable {
    private enum Key: String, CodingKey {
        case mean, std, interpolation, mode, size
        case resizeMode = "resize_mode"
        case fillColor = "fill_color"
        case cropRounding = "crop_rounding"
    }

    public init(from decoder: any Swift.Decoder) throws {
        self.init()
        let object = try decoder.container(keyedBy: Key.self)
        mean = try Self.channels(object, .mean) ?? mean
        std = try Self.channels(object, .std) ?? std
        guard std.allSatisfy({ $0 > 0 }) else {
            throw Self.refusal(.std, "must be above 0 in each channel")
        }
        for (mean, std) in zip(mean.map { Float($0) }, std.map { Float($0) }) {
            // The darkest and the brightest pixel, in the precision that the encoder sees.
            guard (-mean / std).isFinite, ((1 - mean) / std).isFinite else {
                throw Self.refusal(.std, "and mean must keep normalised pixels finite")
            }
        }
        if let name = try Self.string(object, .interpolation) {
            // open_clip's `random` is for training and means bicubic otherwise.
            guard let filter = ResampleFilter(rawValue: name == "random" ? "bicubic" : name) else {
                throw Self.refusal(.interpolation, "\"\(name)\" is not known here; use \"bicubic\" or \"bilinear\"")
            }
            interpolation = filter
        }
        if let name = try Self.string(object, .resizeMode) {
            guard let mode = ResizeMode(rawValue: name) else {
                throw Self.refusal(
                    .resizeMode, "\"\(name)\" is not known here; use \"shortest\", \"longest\" or \"squash\"")
            }
            resizeMode = mode
        }
        if let name = try Self.string(object, .cropRounding) {
            guard let rounding = CropRounding(rawValue: name) else {
                throw Self.refusal(.cropRounding, "\"\(name)\" is not known here; use \"half_to_even\" or \"down\"")
            }
            cropRounding = rounding
        }
        if let name = try Self.string(object, .mode), name != "RGB" {
            throw Self.refusal(.mode, "\"\(name)\" is not known here; only \"RGB\" is")
        }
        if try !Self.isAbsent(object, .fillColor) {
            // Three that are equal are one.
            let levels =
                (try? object.decode(UInt8.self, forKey: .fillColor)).map { [$0] }
                ?? (try? object.decode([UInt8].self, forKey: .fillColor)) ?? []
            guard let level = levels.first, levels.count == 1 || levels.count == 3, levels.allSatisfy({ $0 == level })
            else {
                throw Self.refusal(.fillColor, "must be an integer from 0 to 255, or three that are equal")
            }
            fillColor = level
        }
        size = try Self.side(object)
    }

    private typealias Object = KeyedDecodingContainer<Key>

    private static func isAbsent(_ object: Object, _ key: Key) throws -> Bool {
        try !object.contains(key) || object.decodeNil(forKey: key)
    }

    private static func string(_ object: Object, _ key: Key) throws -> String? {
        if try isAbsent(object, key) { return nil }
        guard let value = try? object.decode(String.self, forKey: key) else { throw refusal(key, "must be a string") }
        return value
    }

    /// One number for all channels, or three.
    private static func channels(_ object: Object, _ key: Key) throws -> [Double]? {
        if try isAbsent(object, key) { return nil }
        if let value = try? object.decode(Double.self, forKey: key) { return [value, value, value] }
        guard let values = try? object.decode([Double].self, forKey: key), values.count == 3 else {
            throw refusal(key, "must be a number or an array of three (red, green, blue)")
        }
        return values
    }

    /// One number, or height and width when they are equal.
    private static func side(_ object: Object) throws -> Int? {
        if try isAbsent(object, .size) { return nil }
        let sides =
            (try? object.decode(Int.self, forKey: .size)).map { [$0] }
            ?? (try? object.decode([Int].self, forKey: .size))
        guard let sides, let first = sides.first, sides.count <= 2, first > 0, sides.allSatisfy({ $0 == first }) else {
            throw refusal(
                .size, "must be one positive integer, or two that are equal: only square inputs are supported")
        }
        return first
    }

    private static func refusal(_ key: Key, _ what: String) -> InferenceError {
        InferenceError(.modelConfiguration, "preprocess_cfg.\(key.rawValue) \(what)")
    }
}
