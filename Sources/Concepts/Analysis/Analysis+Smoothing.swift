extension Analysis {
    /// Why the smoothing does not belong to the method; nil if it does. Content comes from outside, too.
    public var smoothingProblem: String? {
        guard smoothing != nil, method.precision != .int8 else { return nil }
        return "smoothing: it is of layers in int8, and method.precision is \(method.precision.rawValue); leave it out."
    }
}
