import Foundation
import Testing

@testable import Concepts

@Suite struct ReportTests {
    static let analysis = TextSideTests.analysis(classes: 3, descriptors: 10)

    static func findings(_ matches: [Bool], languageCount: Int, bankSize: Int) -> ImageFindings {
        ImageFindings(
            top: [.init(classIndex: 2, similarity: 0.31), .init(classIndex: 0, similarity: 0.25)],
            partMethods: [
                PartFindings(
                    method: .kmeans, gridHeight: 2, gridWidth: 3, parts: [-1, 0, 0, -1, 2, -1], boxes: [],
                    visionConcepts: [
                        .init(descriptor: 7, relevance: 0.61, parts: [0, 2]),
                        .init(descriptor: 4, relevance: 0.1, parts: [2]),
                    ],
                    languageConcepts: [.init(descriptor: 4, similarity: 0.82)],
                    agreement: Agreement(matches: matches, languageCount: languageCount, bankSize: bankSize),
                    flags: [.noForeground, .partsReduced])
            ])
    }

    @Test func isOneLineWithTheAgreedKeys() throws {
        let line = ReportDocument(Self.analysis).line(
            image: "cats/a \"b\".jpg", label: nil, findings: Self.findings([true], languageCount: 1, bankSize: 2))
        #expect(
            line == """
                {"analysis":"\(Self.analysis.id)","image":"cats/a \\"b\\".jpg","label":null,\
                "part_methods":{"kmeans":{"estimators":{"membership":{"ami":null,"auc":0.34657359,\
                "curve":[0.693147181,0],"mi":0.693147181,"nmi_max":1,"p_value":0.5},\
                "released":{"auc":0,"curve":[0,0],"mi":0}},"flags":["no_foreground","parts_reduced"],\
                "foreground":[[0,1,1],[0,1,0]],"language_concepts":[{"descriptor":"descriptor 4","index":4,\
                "similarity":0.82}],"mean_relevance":0.35500002,"mutual_concepts":[{"descriptor":"descriptor 4","index":4}],\
                "parts":[[-1,0,0],[-1,2,-1]],"vision_concepts":[{"descriptor":"descriptor 7","index":7,\
                "parts":[0,2],"relevance":0.61},{"descriptor":"descriptor 4","index":4,"parts":[2],\
                "relevance":0.1}]}},"prediction":{"class":"n2","top":[{"class":"n2","similarity":0.31},\
                {"class":"n0","similarity":0.25}]}}
                """)
    }

    @Test func natsHaveNineDecimals() {
        let line = ReportDocument(Self.analysis).line(
            image: "x", label: "n0",
            findings: Self.findings(AgreementTests.matches(1, of: 15), languageCount: 50, bankSize: 4229))
        #expect(line.contains("\"mi\":6.620073207}"))
        #expect(line.contains("\"auc\":0.413754575,"))
        #expect(line.contains("\"label\":\"n0\""))
    }

    @Test func undefinedValuesAreNullNotAbsent() {
        let line = ReportDocument(Self.analysis).line(
            image: "x", label: nil, findings: Self.findings([], languageCount: 4, bankSize: 4))
        for key in ["ami", "nmi_max", "p_value"] { #expect(line.contains("\"\(key)\":null"), "\(key)") }
    }

    @Test func whatIsNotFiniteIsNull() throws {
        let findings = ImageFindings(top: [.init(classIndex: 0, similarity: .nan)], partMethods: [])
        let line = ReportDocument(Self.analysis).line(image: "x", label: nil, findings: findings)
        #expect(line.contains("\"similarity\":null"))
    }

    @Test func aFailureStandsInItsPlace() {
        #expect(
            ReportDocument.failureLine(image: "a/b.jpg", kind: "damaged_image", message: "cut short")
                == #"{"error":{"kind":"damaged_image","message":"cut short"},"image":"a/b.jpg"}"#)
    }
}
