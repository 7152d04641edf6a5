import Concepts

/// An analysis was registered under another revision of the method than this build computes for it.
package struct AnotherRevision: Error, CustomStringConvertible {
    let analysis: String
    package let revision: Int
    package let computed: Int

    /// nil if this build computes the analysis.
    package init?(_ analysis: Analysis, id: String) {
        let computed = MethodStage.revision(
            of: analysis.method, model: analysis.model, classifier: analysis.classifier,
            smoothing: analysis.smoothing)
        guard analysis.methodRevision != computed else { return nil }
        self.analysis = id
        revision = analysis.methodRevision
        self.computed = computed
    }

    package var description: String {
        "Analysis \(analysis) has method revision \(revision), and this build computes \(computed) for it: its jobs wait for a "
            + "worker that computes \(revision). Without one, `entente replay --from \(analysis) --to` its file registers it "
            + "anew and sends its images there, and `entente submissions cancel` calls off the jobs that wait."
    }
}
