/// Why a worker is not ready, or not alive: a word for programs and a sentence for people.
package struct HealthProblem: Sendable, Hashable, Encodable {
    enum Kind: String, Sendable, Encodable {
        case starting, stopping
        /// The consumer group gives this worker nothing, not even the word that there is nothing for it.
        case groupNotJoined = "group_not_joined"
        case databaseUnreachable = "database_unreachable"
        /// Log-in, rights or schema are not what they should be.
        case databaseRefuses = "database_refuses"
        case brokerUnreachable = "broker_unreachable"
        /// A partition waits for an operator.
        case partitionHeld = "partition_held"
        /// A partition can't be claimed for long, since a broker or the database can't be asked about it.
        case partitionUnreadable = "partition_unreadable"
        case modelMissing = "model_missing"
        /// Jobs of an analysis wait for a worker that computes its method revision.
        case analysisOfAnotherRevision = "analysis_of_another_revision"
        /// What the database holds of an analysis can't be used.
        case analysisUnreadable = "analysis_unreadable"
        /// There, but this build can't load it.
        case modelUnusable = "model_unusable"
        /// The Kafka thread does not poll.
        case notPolling = "not_polling"
        /// Jobs are there, nothing is known to be in the way, and nothing moves.
        case noProgress = "no_progress"
    }

    let kind: Kind
    let detail: String

    init(_ kind: Kind, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }
}
