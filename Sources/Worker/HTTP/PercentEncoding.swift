import Foundation

extension CharacterSet {
    /// RFC 3986's: what stands for itself anywhere in a URL.
    private static let unreserved = CharacterSet(
        charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
    fileprivate static let segment = unreserved
    fileprivate static let path = unreserved.union(CharacterSet(charactersIn: "/"))
}

/// Text as one segment of a URL's path, or several with their slashes: every byte but unreserved characters as `%XX`.
package func percentEncoded(_ text: some StringProtocol, keepingSlashes: Bool = false) -> String {
    // Every string has UTF-8, so there is nothing that can't be encoded.
    text.addingPercentEncoding(withAllowedCharacters: keepingSlashes ? .path : .segment) ?? ""
}
