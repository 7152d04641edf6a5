/// Why the process that makes maps made none, in a sentence.
struct MapChildFailure: Error, CustomStringConvertible { let description: String }
