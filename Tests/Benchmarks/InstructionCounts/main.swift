// Does one step of the daemon's work as often as asked, so that instructions.py can count what it takes.
//
// Usage: InstructionCounts STEP COUNT FOLDER    (an empty folder, for the state)
import Glibc
import ImportWatch

let arguments = CommandLine.arguments
guard arguments.count == 4, let count = Int(arguments[2]), var service = Service() else {
    print("usage: InstructionCounts signature|decode|reschedule|poll|commit COUNT FOLDER")
    exit(2)
}
switch arguments[1] {
case "signature":
    // A hundred a second: the date changes, the day's key stays.
    for number in 0..<count {
        _ = service.request(jobID: Source.jobID(0), at: Service.start.advanced(by: .seconds(number / 100)))
    }
case "decode":
    let response = Service.response(jobID: Source.jobID(0))
    for _ in 0..<count { _ = Service.result(of: response, jobID: Source.jobID(0)) }
case "reschedule":
    let answer = Service.result(of: Service.response(jobID: Source.jobID(0)), jobID: Source.jobID(0))
    var source = Source()
    source.poll(count: count) { _, _ in answer }
case "poll":
    var source = Source()
    let responses = Dictionary(uniqueKeysWithValues: Source.jobIDs.map { ($0, Service.response(jobID: $0)) })
    source.poll(count: count) { ticket, wall in
        _ = service.request(jobID: ticket.jobID, at: wall)
        return Service.result(of: responses[ticket.jobID] ?? HTTPResponse(status: 500), jobID: ticket.jobID)
    }
case "commit":
    try await commitEvents(count: count, path: arguments[3] + "/state.sqlite")
default:
    print("no such step: \(arguments[1])")
    exit(2)
}
