import Inference

/// Pictures of which some may be the same, each once: where two part methods find the same part, they have it highlighted alike.
package struct DistinctPictures {
    /// In the order in which each was first given.
    package private(set) var pictures: [Picture] = []
    /// For each picture that was given its like's place in ``pictures``.
    package private(set) var places: [Int] = []

    package init(_ given: some Collection<Picture>) {
        pictures.reserveCapacity(given.count)
        places.reserveCapacity(given.count)
        var known = [Int: Int](minimumCapacity: given.count)
        for picture in given {
            var hash = Self.hash(picture)
            // Different pictures of one hash take the numbers behind it.
            while let place = known[hash], pictures[place] != picture { hash &+= 1 }
            let place = known[hash] ?? pictures.count
            if place == pictures.count {
                known[hash] = place
                pictures.append(picture)
            }
            places.append(place)
        }
    }

    private static func hash(_ picture: Picture) -> Int {
        var hasher = Hasher()
        picture.pixels.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }
}
