/// Phase 1 of the method: from patch features to parts (docs/method.md §5, §7).
public enum Decomposition {
    /// Foreground and parts of the images that are decomposed jointly: one image for `image`, the members of a group, in
    /// order of their ids, for `group`. The result depends on nothing but `images` and `method`.
    ///
    /// Beside the features themselves it takes 8 bytes for every value of a foreground patch, and d² doubles twice.
    ///
    /// - Parameter onForeground: called between the two halves of the work, for measurements.
    /// - Returns: one ``ImageParts`` an image, in the order given.
    public static func run(
        _ images: [PatchFeatures], method: MethodParameters, onForeground: () -> Void = {}
    ) -> [ImageParts] {
        guard !images.isEmpty else { return [] }
        let stack = FeatureStack(images)
        let foregrounds = Foreground.find(in: images, stack: stack, parameters: method.foreground)
        onForeground()
        // Rows of the stack that are foreground, in (image, raster) order.
        let members = zip(stack.ranges, foregrounds).flatMap { range, foreground in
            zip(range, foreground.patches).compactMap { $1 ? $0 : nil }
        }
        let seed = DecompositionSeed.value(
            methodSeed: method.parts.seed, contentHashes: images.map(\.contentHash))
        // What needs training reads its parts from each image by itself.
        let partitions = method.parts.by.compactMap { partMethod -> (PartMethod, PartLabels)? in
            switch partMethod {
            case .pca:
                (partMethod, .byComponents(FeatureRows(stack, members, .raw), parameters: method.parts))
            case .kmeans:
                (
                    partMethod,
                    .byMeans(FeatureRows(stack, members, .unit), count: method.parts.count, seed: seed)
                )
            case .mmCBM, .mmProtoSim, .featureMaps: nil
            }
        }

        var next = 0
        return images.indices.map { image in
            let foreground = foregrounds[image]
            let own = next..<next + foreground.patches.count(where: \.self)
            next = own.upperBound
            let groupings = partitions.map { partMethod, partition in
                var labels = partition.labels[own].makeIterator()
                var flags = [PartFindings.Flag]()
                if foreground.isStandIn { flags.append(.noForeground) }
                if partition.isReduced { flags.append(.partsReduced) }
                return PartGrouping(
                    method: partMethod, gridHeight: images[image].gridHeight, gridWidth: images[image].gridWidth,
                    labels: foreground.patches.map { $0 ? labels.next() ?? -1 : -1 }, flags: flags)
            }
            return ImageParts(
                grid: PatchGrid(height: images[image].gridHeight, width: images[image].gridWidth),
                foreground: foreground.patches, passing: foreground.passing, groupings: groupings)
        }
    }
}
