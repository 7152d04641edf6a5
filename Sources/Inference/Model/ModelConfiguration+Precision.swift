extension ModelConfiguration {
    /// The same model with the vision encoder's trunk computed in `precision`.
    public func computing(in precision: Precision) -> ModelConfiguration {
        var configuration = self
        switch vision {
        case .transformer(var shape):
            shape.transformer.precision = precision
            configuration.vision = .transformer(shape)
        case .resNet(var shape):
            shape.precision = precision
            configuration.vision = .resNet(shape)
        case .convNeXt(var shape):
            shape.precision = precision
            configuration.vision = .convNeXt(shape)
        }
        return configuration
    }
}
