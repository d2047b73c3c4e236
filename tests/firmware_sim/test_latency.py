from firmware_sim.latency import Latencies


def test_a_webhook_is_measured_from_the_first_tick_at_or_after_its_trigger() -> None:
    latencies = Latencies()
    for second in range(3):
        latencies.tick_sent(1000 * second, sent_s=10.0 + second / 10)

    latencies.webhook(1000, received_s=10.15)
    latencies.webhook(1001, received_s=10.25)

    assert [round(value) for value in latencies.values_ms] == [50, 50]


def test_a_trigger_after_the_last_tick_is_not_measured() -> None:
    latencies = Latencies()
    latencies.tick_sent(1000, sent_s=1.0)

    latencies.webhook(2000, received_s=2.0)

    assert latencies.percentile(0.5) is None


def test_percentiles_are_values_that_were_measured() -> None:
    latencies = Latencies()
    latencies.values_ms = [float(value) for value in range(100)]

    assert (latencies.percentile(0.5), latencies.percentile(0.99)) == (50.0, 99.0)
