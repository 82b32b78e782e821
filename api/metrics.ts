/** Counters of one server, in the text format of Prometheus. */
export interface Metrics {
  /** one answered request; `route` is a pattern, never an address, so that their number stays small */
  observe(route: string, method: string, status: number, seconds: number): void;
  /** a number that is asked for when it is read */
  gauge(name: string, help: string, read: () => number): void;
  text(): string;
}

const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function serverMetrics(): Metrics {
  const series = new Map<string, { count: number; sum: number; buckets: number[] }>();
  const gauges: { name: string; help: string; read: () => number }[] = [];
  return {
    observe(route, method, status, seconds) {
      const labels = `method="${method}",route="${route}",status="${status}"`;
      let one = series.get(labels);
      if (one === undefined) {
        one = { count: 0, sum: 0, buckets: BUCKETS.map(() => 0) };
        series.set(labels, one);
      }
      one.count++;
      one.sum += seconds;
      const at = BUCKETS.findIndex((limit) => seconds <= limit);
      if (at >= 0) one.buckets[at]++;
    },
    gauge(name, help, read) {
      gauges.push({ name, help, read });
    },
    text() {
      const name = 'liftproof_http_request_duration_seconds';
      const lines = [`# HELP ${name} Time to answer.`, `# TYPE ${name} histogram`];
      for (const [labels, { count, sum, buckets }] of series) {
        let below = 0;
        for (const [i, limit] of BUCKETS.entries()) {
          below += buckets[i];
          lines.push(`${name}_bucket{${labels},le="${limit}"} ${below}`);
        }
        lines.push(`${name}_bucket{${labels},le="+Inf"} ${count}`, `${name}_sum{${labels}} ${sum}`);
        lines.push(`${name}_count{${labels}} ${count}`);
      }
      for (const { name: gauge, help, read } of gauges)
        lines.push(`# HELP ${gauge} ${help}`, `# TYPE ${gauge} gauge`, `${gauge} ${read()}`);
      return `${lines.join('\n')}\n`;
    },
  };
}
