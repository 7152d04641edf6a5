extension Connection {
    /// Makes one exchange with the server, and tells ``onExchange`` how it went.
    func observed<R>(_ exchange: () throws -> R) throws -> R {
        do {
            let result = try exchange()
            onExchange(nil)
            return result
        } catch let error as PersistenceError {
            learn(from: error)
            onExchange(error)
            throw error
        } catch let failure as PipelineFailure {
            learn(from: failure.error)
            onExchange(failure.error)
            throw failure
        }
    }
}
