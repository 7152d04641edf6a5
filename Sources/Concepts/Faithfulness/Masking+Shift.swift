import Inference

extension Masking.Shift {
    /// Any but none at all, all alike likely, by one draw; none of a picture of one pixel.
    static func random(of picture: Picture, by generator: inout SplitMix64) -> Masking.Shift {
        let others = max(picture.width * picture.height - 1, 1)
        let offset = (1 + generator.next(below: others)) % (picture.width * picture.height)
        return Masking.Shift(x: offset % picture.width, y: offset / picture.width)
    }
}
