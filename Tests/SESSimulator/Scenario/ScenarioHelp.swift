/// What the program's help says about itself and about scenarios.
enum ScenarioHelp {
    static let text = """
        Prints, when it listens:
          ses http://127.0.0.1:PORT
          webhooks http://127.0.0.1:PORT
          listening on http://127.0.0.1:PORT
        and then a line for each notification that arrives at /hook/NAME. At the
        first address, from this machine only:
          GET /simulator/statistics     counts, and notifications with headers and bodies
          DELETE /simulator/statistics  starts counting anew
          POST /simulator/scenario      adds a scenario's jobs, keys and webhooks and
                                        replaces its other members; "clear" drops first

        A scenario is a JSON object; every member is optional:
          "keys":      [{"id": "AKID…", "secret": "…", "token": null, "account": "",
                         "expires_at": null}]
                       without: AKIDSIMULATOR with the secret simulator-secret
          "regions":   ["eu-west-1"]          others are refused; without: none is
          "throttle":  {"rate": 5, "burst": 5, "retry_after_ms": null, "retry_after": null,
                        "code": "TooManyRequestsException"}
                       requests a second of each account and Region; the code
                       ThrottlingException comes with status 400 instead of 429
          "throttled": [{"from": 0, "to": 3, "region": null}]     everything is throttled
          "outages":   [{"from": 0, "to": 3, "region": null, "kind": "error500"}]
          "faults":    [{"kind": "reset", "job": null, "region": null, "probability": 1,
                         "times": null, "from": 0, "to": null, "interval_ms": 100,
                         "message": null}]
                       kinds: reset reset_midway hang slow truncated close garbage html
                       oversized empty not_json wrong_types error500 error503 throttled
                       expired denied, and latin1, an answer in ISO 8859-1 instead of
                       UTF-8; the first that matches is played
          "jobs":      [{"id": "bulk-{n}", "count": 1000, "region": null, "account": null,
                         "timeline": [{"status": "CREATED", "seconds": 1},
                                      {"status": "PROCESSING", "seconds": 2},
                                      {"status": "COMPLETED"}],
                         "records": 1000, "failed": 0, "message": null,
                         "destination": "contact_list", "visible_from": 0,
                         "vanishes_at": null, "clock": "start"}]
                       any status; the last lasts. Times count from when the job was
                       added or, with "clock": "first_request", first asked for. Failed
                       records or a message make a FailureInfo. The other destination is
                       suppression_list
          "webhooks":  [{"name": "ops", "secret": "whsec_…", "public_key": "whpk_…",
                         "fail_first": 0, "probability": 0, "from": null, "to": null,
                         "failure": "status", "status": 500, "retry_after": null,
                         "location": null, "delay_ms": 0}]
                       fail_first counts the tries of each notification; failures: status
                       hang slow reset truncated garbage. A bad signature is answered 401
          "latency_ms": 0                     before each answer of the service
          "clear":     ["jobs", "throttle", …]
        Times are seconds; windows count from the simulator's start.
        """
}
