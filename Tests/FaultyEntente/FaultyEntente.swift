import Delivery
import Entente
import Foundation
import Inference

/// `entente` with a fault that no honest input causes: it ends as by a bug when it is about to compute the image whose id
/// `ENTENTE_FAULT_CRASH_IMAGE` names.
@main
enum FaultyEntente {
    static func main() async {
        let image = ProcessInfo.processInfo.environment["ENTENTE_FAULT_CRASH_IMAGE"]
        await Interference.$beforeComputing.withValue({ if let image, $0.contains(Identifier(image)) { abort() } }) {
            await CommandRunner.run(Entente.self)
        }
    }
}
