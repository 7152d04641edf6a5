import Delivery
import Entente
import Foundation
import Inference

/// `entente` with faults that no honest input causes: it ends as by a bug when it is about to compute the image whose id
/// `ENTENTE_FAULT_CRASH_IMAGE` names, and has a library whose tidying up at the process's end does, where `ENTENTE_FAULT_AT_EXIT`
/// is set.
@main
enum FaultyEntente {
    static func main() async {
        if ProcessInfo.processInfo.environment["ENTENTE_FAULT_AT_EXIT"] != nil { atexit { abort() } }
        let image = ProcessInfo.processInfo.environment["ENTENTE_FAULT_CRASH_IMAGE"]
        await Interference.$beforeComputing.withValue({ if let image, $0.contains(Identifier(image)) { abort() } }) {
            await CommandRunner.run(Entente.self)
        }
    }
}
