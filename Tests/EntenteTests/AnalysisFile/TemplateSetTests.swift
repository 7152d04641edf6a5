import Testing

@testable import Entente

@Suite struct TemplateSetTests {
    /// docs/method.md §1.1: eight for ImageNet, three for Places365, one for Food-101; CLIP Surgery's 85.
    @Test(arguments: [
        ("imagenet", 8, "itap of a {}.", "a photo of a {}."),
        ("places365", 3, "a photo taken in an {}.", "a scene taken in a {}."),
        ("food101", 1, "a photo of {}, a type of food.", "a photo of {}, a type of food."),
        ("clip-surgery", 85, "a bad photo of a {}.", "this is one {} in the scene."),
    ]) func setsShipWithTheProgram(name: String, count: Int, first: String, last: String) throws {
        let templates = try AnalysisFixture().read(AnalysisFixture.minimal + "templates: \(name)\n").templates
        #expect(templates.count == count)
        #expect(templates.first == first)
        #expect(templates.last == last)
    }

    /// Which file they came from is no part of what an analysis is.
    @Test func aFileIsASetToo() throws {
        let fixture = try AnalysisFixture()
        try fixture.folder.write(#"["a {}", "the {}."]"#, to: "mine.json")
        let named = try fixture.id(AnalysisFixture.minimal + "templates: mine.json\n")
        #expect(try fixture.id(AnalysisFixture.minimal + "templates: [\"a {}\", \"the {}.\"]\n") == named)
    }

    @Test(arguments: [
        (#"["a {}", "the"]"#, "exactly one {}"), (#"[3]"#, "exactly one {}"), ("[]", "non-empty array"),
        (#"{"a": 1}"#, "non-empty array"), ("nonsense", "not JSON"),
    ]) func filesThatHoldNoTemplatesAreNamed(json: String, says: String) throws {
        let fixture = try AnalysisFixture()
        try fixture.folder.write(json, to: "mine.json")
        let problems = try fixture.problems(AnalysisFixture.minimal + "templates: mine.json\n")
        #expect(problems.count == 1)
        #expect(problems.first?.file.hasSuffix("mine.json") == true)
        #expect(problems.first?.message.contains(says) == true, "\(problems)")
    }

    @Test func aFileThatIsNotThereIsNamed() throws {
        let problems = try AnalysisFixture().problems(AnalysisFixture.minimal + "templates: imagenette\n")
        #expect(problems.first?.file.hasSuffix("imagenette") == true)
    }
}
