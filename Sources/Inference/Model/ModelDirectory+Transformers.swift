import Foundation

extension ModelDirectory {
    /// What open_clip's `preprocess_cfg` would say, of the library's settings; the family's own way where there are none.
    ///
    /// They are the `image_processor` of `processor_config.json`, where releases from 5 on write them, and where that file has
    /// none all of `preprocessor_config.json`.
    static func transformersPreprocessing(
        _ path: String, _ family: TransformersFamily, imageSize: Int
    ) throws(InferenceError) -> ConfigurationValue {
        func optional(_ name: String) throws(InferenceError) -> ConfigurationValue? {
            let file = "\(path)/\(name)"
            return FileManager.default.fileExists(atPath: file) ? try ConfigurationValue(file: file) : nil
        }
        var fields: ConfigurationFields
        if let whole = try optional("processor_config.json") {
            fields = try ConfigurationFields(whole, at: "processor", in: "\(path)/processor_config.json")
            if fields.holds("image_processor") {
                fields = try fields.object("image_processor")
                return try transformersPreprocessing(&fields, family, imageSize: imageSize)
            }
        }
        guard let value = try optional("preprocessor_config.json") else {
            return .object(family.preprocessing)
        }
        fields = try ConfigurationFields(value, at: "preprocessor", in: "\(path)/preprocessor_config.json")
        return try transformersPreprocessing(&fields, family, imageSize: imageSize)
    }

    private static func transformersPreprocessing(
        _ fields: inout ConfigurationFields, _ family: TransformersFamily, imageSize: Int
    ) throws(InferenceError) -> ConfigurationValue {
        var found = family.preprocessing.filter { $0.key == "mean" || $0.key == "std" }
        try fields.require("do_resize", "do_rescale", "do_normalize", toBe: .boolean(true))
        // Written with more or fewer digits.
        if let factor = fields.take("rescale_factor") {
            guard case .number(let number) = factor, abs(number - 1.0 / 255) < 1e-9 else {
                throw fields.refusal("rescale_factor", "is \(factor); only 1/255 is implemented")
            }
        }
        for (name, own) in [("image_mean", "mean"), ("image_std", "std")] {
            if let given = fields.take(name) { found[own] = given }
        }
        // Pillow's numbers.
        switch fields.take("resample") ?? .integer(3) {
        case .integer(3): found["interpolation"] = .string("bicubic")
        case .integer(2): found["interpolation"] = .string("bilinear")
        case let other: throw fields.refusal("resample", "is \(other); 2 (bilinear) and 3 (bicubic) are implemented")
        }
        let side = try fields.take("size").map { value throws(InferenceError) in try fields.sides(value, "size") }
        guard side.map({ $0.height == imageSize && $0.width == imageSize }) ?? true else {
            throw fields.refusal("size", "is not the model's image_size, \(imageSize)")
        }
        if try fields.boolean("do_center_crop", default: family == .clip) {
            found["crop_rounding"] = .string(CropRounding.down.rawValue)
            let crop = try fields.take("crop_size").map { value throws(InferenceError) in
                try fields.sides(value, "crop_size")
            }
            guard crop.map({ $0.height == imageSize && $0.width == imageSize }) ?? true else {
                throw fields.refusal("crop_size", "is not the model's image_size, \(imageSize)")
            }
            guard side?.isShortest ?? true else {
                throw fields.refusal("size", "has a height and a width, after which nothing is left to crop")
            }
        } else {
            guard side.map({ !$0.isShortest }) ?? (family == .siglip) else {
                throw fields.refusal("do_center_crop", "is false, but size gives the shortest edge alone")
            }
            found["resize_mode"] = .string("squash")
        }
        return .object(found)
    }
}

extension ConfigurationFields {
    /// A number, `{"shortest_edge": n}` or `{"height": n, "width": n}`.
    fileprivate func sides(
        _ value: ConfigurationValue, _ name: String
    ) throws(InferenceError) -> (height: Int, width: Int, isShortest: Bool) {
        switch value {
        case .integer(let side): return (side, side, true)
        case .object(let members):
            if case .integer(let side)? = members["shortest_edge"] { return (side, side, true) }
            if case .integer(let height)? = members["height"], case .integer(let width)? = members["width"] {
                return (height, width, false)
            }
        default: break
        }
        throw refusal(name, "is \(value); a number, a shortest_edge, or a height and a width are needed")
    }
}
