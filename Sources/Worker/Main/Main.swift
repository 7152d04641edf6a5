import Entente

/// The program `entente`.
@main
enum Main {
    static func main() async { await CommandRunner.run(Entente.self) }
}
