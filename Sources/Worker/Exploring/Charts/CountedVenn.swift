/// How many concepts are seen, said and both, as two circles; the script changes the numbers while concepts are taken away.
struct CountedVenn {
    let seen: Int
    let both: Int
    let said: Int

    var svg: String {
        """
        <svg class="chart venn" role="img" aria-label="\(seen) concepts are only seen, \(both) both, \(said) only said" \
        viewBox="0 0 240 130"><circle class="seen" cx="90" cy="65" r="58"/><circle class="said" cx="150" cy="65" r="58"/>\
        <text class="num" data-count="seen" x="58" y="62" text-anchor="middle">\(seen)</text>\
        <text class="seen" x="58" y="80" text-anchor="middle">seen</text>\
        <text class="num" data-count="both" x="120" y="62" text-anchor="middle">\(both)</text>\
        <text class="both" x="120" y="80" text-anchor="middle">both</text>\
        <text class="num" data-count="said" x="182" y="62" text-anchor="middle">\(said)</text>\
        <text class="said" x="182" y="80" text-anchor="middle">said</text></svg>
        """
    }
}
