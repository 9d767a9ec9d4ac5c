import AWS
import ImportWatch

/// What to do about what a service, or the way to it, said.
package enum Remedy {
    /// The problem and its remedy in one line.
    static func line(_ problem: PollResult, jobID: String, region: String) -> String? {
        switch problem {
        case .answered: nil
        case .jobRefused(.notFound, let problem):
            "\(told(problem)); there is no job \(jobID) for this account in \(region): check the ID, region and profile"
        case .jobRefused(.badRequest, let problem):
            "\(told(problem)); the service doesn't take \(jobID) for a job's ID: check it"
        case .throttled(let problem, _):
            "\(told(problem)); others use up the account's budget in \(region): have them ask less, or lower "
                + "requests_per_second"
        case .credentialsRefused(let problem): GetImportJob.name + ": " + line(refused: problem)
        case .unavailable(let problem, _) where problem.httpStatus == nil:
            "\(told(problem)); check the network, the proxy variables and endpoint_url"
        case .unavailable(let problem, _):
            "\(told(problem)); check that endpoint_url is an SES endpoint, or wait for the service to recover"
        }
    }

    /// What has kept a source's polls from being answered; `nil` where they are, or where credentials were not found.
    static func line(_ health: SourceHealth.State) -> String? {
        switch health {
        case .healthy: nil
        case .credentialsRefused(let problem) where problem.code == ServiceProblem.noCredentials: nil
        case .credentialsRefused(let problem): "polls are refused: \(line(refused: problem))"
        case .endpointDown(let problem):
            "polls get no answer: \(problem.code): \(problem.message); check the network, the proxy variables and "
                + "endpoint_url"
        case .onlyThrottled(let problem):
            "polls are only throttled: \(problem.code): \(problem.message); have others ask less, or lower "
                + "requests_per_second"
        }
    }

    /// What a service said that does not take credentials, and what to do.
    package static func line(refused problem: ServiceProblem) -> String {
        "\(problem.code): \(problem.message); \(remedy(for: problem.code))"
    }

    /// Why there are no credentials to ask with, and what to do.
    package static func line(missing error: CredentialError) -> String {
        let words = error.description
        return words.hasPrefix("credentials: ") ? "no " + words : "no credentials: " + words
    }

    private static func told(_ problem: ServiceProblem) -> String {
        "\(GetImportJob.name): \(problem.code): \(problem.message)"
    }

    /// What to do about a refusal of credentials, by its code.
    private static func remedy(for code: String) -> String {
        switch code {
        case "RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed": "set this machine's clock"
        case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired":
            "the credentials have ended: renew them where they come from"
        case "SignatureDoesNotMatch", "InvalidSignatureException":
            "the secret does not belong to the key, or this machine's clock is wrong"
        case _ where code.hasPrefix("AccessDenied") || code == "NotAuthorized" || code == "UnauthorizedException":
            "allow the action \(GetImportJob.action) to these credentials"
        case "OptInRequired", "AccountSuspendedException": "sign the account up for SES in this Region"
        default: "the service doesn't know the key: check that it exists, is active and belongs to this partition"
        }
    }
}
