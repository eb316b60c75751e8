using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Siskin.Server.Api;
using Siskin.Serving.Pipeline;

namespace Siskin.Server.Telemetry;

/// <summary>What the server counts, for Prometheus.</summary>
internal sealed class ServerMetrics
{
    private readonly ConcurrentDictionary<string, RouteMetrics> _routes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Histogram> _stages = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Name, long Version), ModelMetrics> _models = new();
    private readonly ConcurrentDictionary<(DegradationReason Reason, string Source), Counter> _degradations = new();

    public Counter EventsAccepted { get; } = new();

    public Counter EventsDuplicate { get; } = new();

    public Counter ItemsStored { get; } = new();

    public Counter UsersStored { get; } = new();

    public Counter UnexpectedErrors { get; } = new();

    public Counter StorageFailures { get; } = new();

    /// <summary>Counts of a route; one for each pattern.</summary>
    public RouteMetrics Route(string route) => _routes.GetOrAdd(route, static r => new RouteMetrics(r));

    /// <summary>Counts of a version of a model.</summary>
    public ModelMetrics Model(string name, long version) => _models.GetOrAdd((name, version), static k => new ModelMetrics(k.Name, k.Version));

    /// <summary>Adds one run of a stage of the pipeline.</summary>
    public void ObserveStage(string stage, double milliseconds) =>
        _stages.GetOrAdd(stage, static _ => new Histogram()).Observe(milliseconds / 1000);

    /// <summary>Counts what an answer left out, and its stages' times when it was explained.</summary>
    public void Observe(RecommendationResponse response)
    {
        for (var i = 0; i < response.Degradations.Count; i++)
        {
            var degradation = response.Degradations[i];
            _degradations.GetOrAdd((degradation.Reason, degradation.Source), static _ => new Counter()).Add();
        }

        if (response.Trace is { } trace)
        {
            foreach (var stage in trace.Stages)
            {
                ObserveStage(stage.Name, stage.Milliseconds);
            }
        }
    }

    /// <summary>Everything in Prometheus' text format.</summary>
    /// <param name="engine">Tells of the release that answers.</param>
    public string Expose(IServingEngine engine)
    {
        var writer = new PrometheusWriter();
        WriteRequests(writer);
        WriteModels(writer);
        Write(writer, "siskin_events_accepted_total", "Events stored.", EventsAccepted);
        Write(writer, "siskin_events_duplicate_total", "Events left out because their id was known.", EventsDuplicate);
        Write(writer, "siskin_items_stored_total", "Items inserted or replaced.", ItemsStored);
        Write(writer, "siskin_users_stored_total", "Users inserted or replaced.", UsersStored);
        Write(writer, "siskin_unexpected_errors_total", "Requests that ended by a mistake of the server.", UnexpectedErrors);
        Write(writer, "siskin_storage_failures_total", "Requests that ended because the storage failed.", StorageFailures);
        Write(writer, "siskin_release", "gauge", "Number of the release that answers; 0 before the first.", engine.Release);
        Write(writer, "siskin_release_swapped_total", "counter", "Changes of the release that answers.", engine.ReleaseSwaps);
        Write(writer, "siskin_release_refused_total", "counter", "Releases, and pins, that could not be read and were refused.", engine.ReleaseRefusals);
        Write(writer, "siskin_release_fault", "gauge", "1 while a release, or the pin, is refused; /health/ready says what is wrong.", engine.ReleaseFault is null ? 0 : 1);
        Write(writer, "siskin_ready", "gauge", "1 when the server is ready.", engine.IsReady ? 1 : 0);
        WriteProcess(writer);
        return writer.ToString();
    }

    private static void Write(PrometheusWriter writer, string name, string help, Counter counter) =>
        Write(writer, name, "counter", help, counter.Value);

    private static void Write(PrometheusWriter writer, string name, string type, string help, double value)
    {
        writer.Begin(name, type, help);
        writer.Sample(name, value);
    }

    private static void WriteProcess(PrometheusWriter writer)
    {
        using var process = Process.GetCurrentProcess();
        Write(writer, "process_resident_memory_bytes", "gauge", "Resident memory.", process.WorkingSet64);
        Write(writer, "process_cpu_seconds_total", "counter", "Processor time, user and system.", process.TotalProcessorTime.TotalSeconds);
        Write(writer, "process_start_time_seconds", "gauge", "Start of the process, in seconds since 1970.", new DateTimeOffset(process.StartTime.ToUniversalTime()).ToUnixTimeMilliseconds() / 1000.0);
        Write(writer, "dotnet_gc_heap_bytes", "gauge", "Managed heap.", GC.GetTotalMemory(forceFullCollection: false));
        Write(writer, "dotnet_gc_allocated_bytes_total", "counter", "Managed memory allocated so far.", GC.GetTotalAllocatedBytes());
        Write(writer, "dotnet_gc_pause_seconds_total", "counter", "Time that all threads stood still for the garbage collector.", GC.GetTotalPauseDuration().TotalSeconds);
        writer.Begin("dotnet_gc_collections_total", "counter", "Garbage collections; those of an older generation count for the younger as well.");
        for (var generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            writer.Sample("dotnet_gc_collections_total", GC.CollectionCount(generation), ("generation", generation.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }

        Write(writer, "dotnet_threadpool_threads", "gauge", "Threads of the pool.", ThreadPool.ThreadCount);
        Write(writer, "dotnet_threadpool_queue_length", "gauge", "Work that waits for a thread.", ThreadPool.PendingWorkItemCount);
    }

    private void WriteRequests(PrometheusWriter writer)
    {
        var routes = _routes.Values.OrderBy(r => r.Route, StringComparer.Ordinal).ToArray();
        writer.Begin("siskin_http_requests_total", "counter", "Requests by route, method and status; 499 when the client went away.");
        foreach (var route in routes)
        {
            foreach (var ((method, status), counter) in route.Requests.OrderBy(r => r.Key))
            {
                writer.Sample("siskin_http_requests_total", counter.Value, ("route", route.Route), ("method", method), ("status", status.ToString(System.Globalization.CultureInfo.InvariantCulture)));
            }
        }

        writer.Begin("siskin_http_request_duration_seconds", "histogram", "Time from the end of the request's headers to the end of its answer.");
        foreach (var route in routes)
        {
            writer.Samples("siskin_http_request_duration_seconds", route.Duration, ("route", route.Route));
        }

        writer.Begin("siskin_stage_duration_seconds", "histogram", "Time of the pipeline's stages in explained requests.");
        foreach (var (stage, histogram) in _stages.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            writer.Samples("siskin_stage_duration_seconds", histogram, ("stage", stage));
        }

        writer.Begin("siskin_degradations_total", "counter", "What answers left out or replaced by something cheaper, by reason and source.");
        foreach (var ((reason, source), counter) in _degradations.OrderBy(d => d.Key))
        {
            writer.Sample("siskin_degradations_total", counter.Value, ("reason", JsonNamingPolicy.CamelCase.ConvertName(reason.ToString())), ("source", source));
        }
    }

    private void WriteModels(PrometheusWriter writer)
    {
        var models = _models.Values.OrderBy(m => m.Name, StringComparer.Ordinal).ThenBy(m => m.Version).ToArray();
        writer.Begin("siskin_model_requests_total", "counter", "Requests that reached a model, by model, version and status; 499 when the client went away.");
        foreach (var model in models)
        {
            foreach (var (status, counter) in model.Requests.OrderBy(r => r.Key))
            {
                writer.Sample("siskin_model_requests_total", counter.Value, [.. model.Labels, ("status", status.ToString(System.Globalization.CultureInfo.InvariantCulture))]);
            }
        }

        writer.Begin("siskin_model_rows_total", "counter", "Rows that a model answered.");
        foreach (var model in models)
        {
            writer.Sample("siskin_model_rows_total", model.Rows.Value, model.Labels);
        }

        writer.Begin("siskin_model_request_duration_seconds", "histogram", "Time from a request's read body to its written answer.");
        foreach (var model in models)
        {
            writer.Samples("siskin_model_request_duration_seconds", model.Duration, model.Labels);
        }
    }
}
