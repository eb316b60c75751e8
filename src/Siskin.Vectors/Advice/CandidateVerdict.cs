namespace Siskin.Vectors.Advice;

/// <summary>Compares what one index would do with what is asked for.</summary>
internal sealed class CandidateVerdict
{
    private readonly IndexAdvisorOptions _options;

    public CandidateVerdict(MeasuredCandidate candidate, IndexAdvisorOptions options)
    {
        (Candidate, _options) = (candidate, options);
        Forecast = CandidateForecast.Of(candidate, options.Count);
        Reaching = EffortCurve.LeastFor(Forecast.Points, options.Recall);
        Best = Forecast.Points.MaxBy(point => point.Recall)!;
        Quick = options.Latency is { } latency
            ? EffortCurve.MostWithin(Forecast.Points, options.LatencyMeasure, latency.TotalMicroseconds)
            : Best;
        Search = Reaching is { } reaching && IsWithinLatency(reaching) ? reaching : Quick ?? Forecast.Points[0];
        UpdateLoad = ((options.AddsPerSecond * Forecast.AddMicroseconds) + (options.RemovesPerSecond * Forecast.RemoveMicroseconds)) / 1e6;
    }

    public MeasuredCandidate Candidate { get; }

    public CandidateForecast Forecast { get; }

    /// <summary>The least effort whose bound of recall reaches the wanted one; null when none does.</summary>
    public EffortFigures? Reaching { get; }

    /// <summary>The effort with the best recall.</summary>
    public EffortFigures Best { get; }

    /// <summary>The effort with the best recall within the latency; null when none is.</summary>
    public EffortFigures? Quick { get; }

    /// <summary>The effort that would be used.</summary>
    public EffortFigures Search { get; }

    /// <summary>Cores that the wanted changes take.</summary>
    public double UpdateLoad { get; }

    public bool FitsMemory => _options.MemoryBytes is not { } most || Forecast.MemoryBytes <= most;

    public bool FitsRecall => Reaching is not null;

    public bool FitsLatency => Reaching is { } reaching ? IsWithinLatency(reaching) : Quick is not null;

    public bool FitsUpdates => UpdateLoad <= _options.UpdateShare;

    public bool Fits => FitsMemory && FitsRecall && FitsLatency && FitsUpdates;

    /// <summary>How far it is from fitting: 0 when it fits, more the further.</summary>
    public double Distance =>
        (FitsMemory ? 0 : Math.Log((double)Forecast.MemoryBytes / _options.MemoryBytes!.Value))
        + (FitsUpdates ? 0 : Math.Log(UpdateLoad / _options.UpdateShare))
        + (FitsRecall ? 0 : 1 + Math.Log((1 - Best.Recall + 1e-6) / (1 - _options.Recall + 1e-6)))
        + (FitsLatency || _options.Latency is not { } latency ? 0 : Math.Log((Reaching ?? Forecast.Points[0]).Microseconds(_options.LatencyMeasure) / latency.TotalMicroseconds));

    /// <summary>What it does, with reasons.</summary>
    public IndexEstimate ToEstimate(IReadOnlyList<string> reasons)
    {
        var parameters = new Dictionary<string, string>(Candidate.Parameters);
        if (Candidate.EffortName is { } name)
        {
            parameters[name] = Search.Effort.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return new IndexEstimate(
            Candidate.Name,
            Candidate.Kind,
            parameters,
            Fits,
            Search,
            Forecast.Points,
            Forecast.MemoryBytes,
            Forecast.BuildSeconds,
            _options.UpdateShare * 1e6 / Forecast.AddMicroseconds,
            UpdateLoad,
            Candidate.Samples[^1].Rows,
            reasons);
    }

    /// <summary>Why it does not fit, each in plain words.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        if (!FitsMemory)
        {
            faults.Add($"needs {AdviceText.Bytes(Forecast.MemoryBytes)}, budget {AdviceText.Bytes(_options.MemoryBytes!.Value)}");
        }

        if (!FitsRecall || !FitsLatency)
        {
            faults.Add(SearchFault());
        }

        if (!FitsUpdates)
        {
            faults.Add(UpdateFault());
        }

        return faults;
    }

    /// <summary>How many times as many changes as wanted would fit; infinite when none are wanted.</summary>
    public double UpdateScale => UpdateLoad > 0 ? _options.UpdateShare / UpdateLoad : double.PositiveInfinity;

    private bool IsWithinLatency(EffortFigures point) =>
        _options.Latency is not { } latency || point.Microseconds(_options.LatencyMeasure) <= latency.TotalMicroseconds;

    private string SearchFault()
    {
        if (_options.Latency is not { } latency)
        {
            return $"recall {AdviceText.Recall(Best.Recall)} at most";
        }

        var (budget, measure) = (AdviceText.Time(latency.TotalMicroseconds), AdviceText.Measure(_options.LatencyMeasure));
        if (Quick is null)
        {
            var least = (Reaching ?? Forecast.Points[0]).Microseconds(_options.LatencyMeasure);
            return $"{measure} {AdviceText.Time(least)}{(Reaching is null ? " at least" : string.Empty)}, budget {budget}";
        }

        return Reaching is { } reaching
            ? $"recall {AdviceText.Recall(Quick.Recall)} at most within {measure} {budget}; {AdviceText.Recall(_options.Recall)} takes {AdviceText.Time(reaching.Microseconds(_options.LatencyMeasure))}"
            : $"recall {AdviceText.Recall(Quick.Recall)} at most within {measure} {budget}, {AdviceText.Recall(Best.Recall)} with any time";
    }

    private string UpdateFault()
    {
        var scale = UpdateScale;
        return (_options.AddsPerSecond, _options.RemovesPerSecond) switch
        {
            ( > 0, > 0) => $"takes {AdviceText.Rate(_options.AddsPerSecond * scale)} adds and {AdviceText.Rate(_options.RemovesPerSecond * scale)} removals/s, {AdviceText.Rate(_options.AddsPerSecond)} and {AdviceText.Rate(_options.RemovesPerSecond)} asked for",
            ( > 0, _) => $"takes {AdviceText.Rate(_options.AddsPerSecond * scale)} adds/s, {AdviceText.Rate(_options.AddsPerSecond)} asked for",
            _ => $"takes {AdviceText.Rate(_options.RemovesPerSecond * scale)} removals/s, {AdviceText.Rate(_options.RemovesPerSecond)} asked for",
        };
    }
}
