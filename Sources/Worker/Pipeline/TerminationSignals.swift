import Dispatch
import Foundation

/// SIGTERM and SIGINT as a wish to stop; a second one ends the process at once.
final class TerminationSignals {
    private var sources: [any DispatchSourceSignal] = []

    init(_ stop: StopSignal) {
        for number in [SIGTERM, SIGINT] {
            // Dispatch sees the signal only if its default action is off.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if stop.isRequested { _exit(128 + number) }
                stop.request()
            }
            source.resume()
            sources.append(source)
        }
    }
}
