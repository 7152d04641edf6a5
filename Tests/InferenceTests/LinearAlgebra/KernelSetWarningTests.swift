import Testing

@testable import Inference

@Suite struct KernelSetWarningTests {
    @Test(arguments: [
        ("Haswell", "avx512", "AVX-512"), ("Zen", "avx512", "AVX-512"), ("Prescott", "avx512", "AVX-512"),
        ("Sandybridge", "avx2", "AVX2"), ("Prescott", "avx2", "AVX2"),
    ]) func aSetBelowTheCPUIsSaid(kernelSet: String, instructionSet: String, names: String) {
        let warning = BLAS.warning(kernelSet: kernelSet, instructionSet: instructionSet)
        #expect(warning?.contains(kernelSet) == true && warning?.contains(names) == true)
        #expect(warning?.contains("OPENBLAS_CORETYPE") == true)
    }

    @Test(arguments: [
        ("Cooperlake", "avx512"), ("SkylakeX", "avx512"), ("Haswell", "avx2"), ("Zen", "avx2"),
        ("Prescott", "portable"),
    ]) func aSetThatFitsIsNot(kernelSet: String, instructionSet: String) {
        #expect(BLAS.warning(kernelSet: kernelSet, instructionSet: instructionSet) == nil)
    }
}
