/// What this build is.
package enum BuildInformation {
    package static let version = "0.1.0"
}
