/// Whether a result is in that would stay as it is, so that nobody computes what could change nothing.
public enum StandingResult: Sendable, Hashable {
    /// None is, or it would be replaced.
    case missing
    /// Of the image by itself.
    case ofImage
    /// Of the image in a group of this digest.
    case ofGroup(String)
}
