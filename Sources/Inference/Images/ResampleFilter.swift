/// The kernel of a resize, as Pillow names and defines it.
public enum ResampleFilter: String, Sendable, Hashable, CaseIterable {
    /// The triangle.
    case bilinear
    /// Keys' cubic with a = −0.5.
    case bicubic

    /// Half the kernel's width, in pixels of the coarser side.
    var support: Double {
        switch self {
        case .bilinear: 1
        case .bicubic: 2
        }
    }

    /// The kernel at `distance`. Written in Horner form in the order Pillow evaluates it, since the weights are rounded.
    func weight(at distance: Double) -> Double {
        let x = abs(distance)
        switch self {
        case .bilinear:
            return x < 1 ? 1 - x : 0
        case .bicubic:
            let a = -0.5
            if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
            if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
            return 0
        }
    }
}
