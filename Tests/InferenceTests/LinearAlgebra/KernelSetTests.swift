import Foundation
import Testing

@testable import Inference

@Suite struct KernelSetTests {
    @Test(arguments: [
        ("Haswell", "avx512", "AVX-512"), ("Zen", "avx512", "AVX-512"), ("Prescott", "avx512", "AVX-512"),
        ("Sandybridge", "avx2", "AVX2"), ("Prescott", "avx2", "AVX2"),
    ]) func openBLASBelowTheCPUIsSaid(openBLAS: String, best: String, names: String) throws {
        let warnings = KernelSet.warnings(openBLAS: openBLAS, own: best, best: best)
        try #require(warnings.count == 1)
        #expect(warnings[0].contains(openBLAS) && warnings[0].contains(names))
        #expect(warnings[0].contains("OPENBLAS_CORETYPE"))
    }

    @Test(arguments: [
        ("SkylakeX", "avx2", "avx512"), ("SkylakeX", "portable", "avx512"), ("Haswell", "portable", "avx2"),
    ])
    func ownKernelsBelowTheCPUAreSaid(openBLAS: String, own: String, best: String) throws {
        let warnings = KernelSet.warnings(openBLAS: openBLAS, own: own, best: best)
        try #require(warnings.count == 1)
        #expect(warnings[0].contains("ENTENTE_KERNELS is \(own)") && warnings[0].contains(best))
    }

    @Test(arguments: [
        ("Cooperlake", "avx512"), ("SkylakeX", "avx512"), ("Haswell", "avx2"), ("Zen", "avx2"),
        ("Prescott", "portable"),
    ]) func kernelsThatFitAreNot(openBLAS: String, best: String) {
        #expect(KernelSet.warnings(openBLAS: openBLAS, own: best, best: best) == [])
    }

    @Test func eachVariantOfThisCPUCanBeNamed() throws {
        for variant in RowKernelsTests.Variant.all {
            let name = variant.testDescription
            #expect(try String(cString: RowKernels.named(name).name) == name)
            #expect(KernelSet.problem(name) == nil)
        }
        #expect(try String(cString: RowKernels.named(nil).name) == RowKernels.bestInstructionSet)
        #expect(try String(cString: RowKernels.named("").name) == RowKernels.bestInstructionSet)
    }

    @Test func whatCannotRunIsRefusedByName() throws {
        let unknown = try #require(KernelSet.problem("AVX2"))
        #expect(unknown.contains("ENTENTE_KERNELS is \"AVX2\"") && unknown.contains("portable, avx2, avx512"))
        let available = RowKernelsTests.Variant.all.map(\.testDescription)
        for name in RowKernels.instructionSets where !available.contains(name) {
            #expect(
                KernelSet.problem(name)?.contains("this CPU can't run; it runs \(RowKernels.bestInstructionSet)")
                    == true)
        }
    }

    /// The suites below this process run under what the variable says, or they would test something else.
    @Test func theVariableIsInForce() {
        let named = ProcessInfo.processInfo.environment[KernelSet.variable] ?? ""
        #expect(RowKernels.instructionSet == (named.isEmpty ? RowKernels.bestInstructionSet : named))
        #expect(KernelSet.name == "\(BLAS.kernelSet)+\(RowKernels.instructionSet)+2")
    }
}
