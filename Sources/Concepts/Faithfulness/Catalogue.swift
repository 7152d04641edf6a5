/// Maskings in order of their first use, each once.
struct Catalogue {
    private(set) var maskings: [Masking] = []
    private var numbers: [Masking: Int] = [:]

    /// nil for the image as it is, which nobody need encode again.
    mutating func number(_ masking: Masking) -> Int? {
        guard !masking.isWhole || !masking.regions.isEmpty else { return nil }
        if let number = numbers[masking] { return number }
        numbers[masking] = maskings.count
        maskings.append(masking)
        return maskings.count - 1
    }

    /// The regions of `source` taken away, and put back, in an order; once they are through, the rest of the steps change nothing.
    mutating func walk(
        _ source: Int, _ order: [Int], shift: Masking.Shift?, steps: Int, faithfulness: MethodParameters.Faithfulness
    ) -> JudgingPlan.Walk {
        let sets = (0...steps).map { Set(order.prefix($0)) }
        var (deletion, insertion): ([Int?], [Int?]) = ([], [])
        if faithfulness.isDeleting {
            deletion = sets.map {
                number(
                    Masking(isWhole: true, source: source, regions: $0, shift: shift, blur: faithfulness.blur))
            }
        }
        if faithfulness.isInserting {
            insertion = sets.map {
                number(
                    Masking(
                        isWhole: false, source: source, regions: $0, shift: shift, blur: faithfulness.insertionBlur))
            }
        }
        return JudgingPlan.Walk(deletion: deletion, insertion: insertion)
    }
}
