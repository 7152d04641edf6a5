import Concepts

/// The images of a list that are in one half (docs/descriptors.md §4).
struct ListedHalf<List: RandomAccessCollection<ListedImage>>: RandomAccessCollection {
    private let list: List
    private let places: [List.Index]

    init(_ list: List, _ split: ImageSplit) {
        self.list = list
        places = list.indices.filter { split.holds(list[$0].id) }
    }

    var startIndex: Int { 0 }
    var endIndex: Int { places.count }
    subscript(place: Int) -> ListedImage { list[places[place]] }
}
