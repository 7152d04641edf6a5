/// Phase 1 of the method: from patch features to parts (METHODS §1.3, 1.4, 1.6).
public enum Decomposition {
    /// Foreground and parts of the images that are decomposed jointly: one image for `image`, the members of a group
    /// for `group`. The result depends on nothing but `images` and `method`.
    ///
    /// - Returns: one ``ImageParts`` an image, in the order given.
    public static func run(_ images: [PatchFeatures], method: MethodParameters) -> [ImageParts] {
        guard !images.isEmpty else { return [] }
        let stack = FeatureStack(images)
        let foregrounds = Foreground.find(in: images, stack: stack, parameters: method.foreground)
        // Rows of the stack that are foreground, in (image, raster) order.
        let members = zip(stack.ranges, foregrounds).flatMap { range, foreground in
            zip(range, foreground.patches).compactMap { $1 ? $0 : nil }
        }
        let seed = DecompositionSeed.value(
            methodSeed: method.parts.seed, contentHashes: images.map(\.contentHash))

        let labelsByMethod = method.parts.by.map { partMethod in
            switch partMethod {
            case .kmeans: kmeans(stack, members: members, count: method.parts.count, seed: seed)
            case .pca: preconditionFailure("parts.by pca is refused by unsupportedValues")
            }
        }
        return images.indices.map { image in
            ImageParts(
                groupings: zip(method.parts.by, labelsByMethod).map { partMethod, labels in
                    var flags = [PartFindings.Flag]()
                    if foregrounds[image].isStandIn { flags.append(.noForeground) }
                    if Set(labels.values).count < method.parts.count { flags.append(.partsReduced) }
                    return PartGrouping(
                        method: partMethod, gridHeight: images[image].gridHeight,
                        gridWidth: images[image].gridWidth,
                        labels: stack.ranges[image].map { labels[$0] ?? -1 }, flags: flags)
                })
        }
    }

    /// Stack row → part of every foreground patch.
    private static func kmeans(_ stack: FeatureStack, members: [Int], count: Int, seed: UInt64) -> [Int: Int] {
        var generator = SplitMix64(seed: seed)
        let width = stack.columns
        let rows = members.flatMap { stack.values[$0 * width..<($0 + 1) * width] }
        let initial = generator.distinctIndexes(count, below: members.count)
        let labels = KMeans(rows: rows, count: members.count, width: width).labels(initial: initial)
        return Dictionary(uniqueKeysWithValues: zip(members, labels))
    }
}
