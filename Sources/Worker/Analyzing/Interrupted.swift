/// Whoever asked for a result wants it no more: the process is to stop, or another worker has the job.
package struct Interrupted: Error {
    package init() {}
}
