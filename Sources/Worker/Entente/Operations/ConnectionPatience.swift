import NIOCore

/// Closes a connection whose request's head does not come, and tells ``ConnectionPlaces`` whose turn it is. Behind the decoder,
/// so what arrives here are whole heads.
///
/// Belongs to its connection's event loop.
final class ConnectionPatience: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny
    typealias OutboundIn = NIOAny

    private let places: ConnectionPlaces
    private var deadline: Scheduled<Void>?

    /// From the connection, or the answer before, to the head's last byte. A scraper's next request comes on a connection of its
    /// own, or has as much time.
    private static let patience = TimeAmount.seconds(60)
    /// Of a connection that has asked nothing yet.
    private static let firstPatience = TimeAmount.seconds(10)

    init(places: ConnectionPlaces) { self.places = places }

    func handlerAdded(context: ChannelHandlerContext) {
        places.add(context.channel)
        expect(within: Self.firstPatience, context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
        places.remove(context.channel)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        deadline?.cancel()
        places.set(context.channel, isSilent: false)
        context.fireChannelRead(data)
    }

    func flush(context: ChannelHandlerContext) {
        context.flush()
        places.set(context.channel, isSilent: true)
        expect(within: Self.patience, context)
    }

    private func expect(within patience: TimeAmount, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: patience) { context.close(promise: nil) }
    }
}
