/// A message of a chaos run, and what has to become of it.
struct ChaosMessage {
    let key: String
    let value: [UInt8]
    /// Images that have to have a result in the end.
    var good: [String] = []
    /// Images that have to be among the failed ones, once.
    var bad: [String] = []
    /// Whether the message as a whole can't be done.
    var isBad = false

    /// Whether it leaves a dead letter.
    var isDeadLetter: Bool { isBad || !bad.isEmpty }
}
