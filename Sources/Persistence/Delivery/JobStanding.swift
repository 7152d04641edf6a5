/// What the database says of a job that is still this worker's, before any of its pictures is fetched.
public enum JobStanding: Sendable, Hashable {
    /// Its submission was called off: it is not worth doing.
    case cancelled
    /// In the order of the images that were asked for.
    case wanted([StandingImage])
}
