import Inference

/// A value from outside, for a message: at most 80 characters on one line, control characters escaped.
package func quoted(_ text: String) -> String { text.quoted }
