import Concepts

/// What `classifier` of an analysis file asks for; paths are as they are written.
enum ClassifierChoice: Equatable {
    case templates
    case descriptors(DescriptorWording)
    case sentences(String)
    case file(String)

    var isOfDescriptors: Bool {
        if case .descriptors = self { true } else { false }
    }
}
