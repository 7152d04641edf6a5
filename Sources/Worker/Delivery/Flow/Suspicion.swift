/// What is held against a job that was in flight when its worker vanished; it runs with nothing beside it.
struct Suspicion: Sendable, Equatable {
    /// Workers that trapped while it ran alone, and got no further with it than one before.
    let crashes: Int
    /// Workers that vanished while it ran alone and its first image had been read, by whatever cause.
    let attempts: Int

    /// Of ``crashes``: nothing but the job can be their cause.
    static let crashLimit = 3
    /// Of ``attempts``: who ends workers from outside, or takes their memory, may mean this job.
    static let attemptLimit = 10

    /// Why it is not tried again; nil if it is.
    var verdict: String? {
        if crashes >= Self.crashLimit {
            return
                "\(crashes) workers crashed while this job ran alone; look for its pictures in their core dumps, and requeue "
                + "it once that is mended."
        }
        guard attempts >= Self.attemptLimit else { return nil }
        return
            "\(attempts) workers were killed while this job ran alone; look for the memory that they ran out of, or for "
            + "who killed them, and requeue it once that is mended."
    }
}
