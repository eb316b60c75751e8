using Siskin.Models.Ranking;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Rank;

namespace Siskin.Offline.Jobs;

/// <summary>Candidates with labels, from which the blend is fitted.</summary>
internal sealed class BlendSamples(IReadOnlyList<string> channels)
{
    private const int MaxKnots = 32;

    private readonly List<float> _scores = [];
    private readonly List<ushort> _places = [];
    private readonly List<float> _bests = [];
    private readonly List<float> _common = [];
    private readonly List<float> _labels = [];
    private readonly List<float> _weights = [];
    private readonly List<int> _rows = [];
    private readonly List<int> _users = [];
    private readonly List<int[]> _histories = [];

    public int Positives { get; private set; }

    /// <summary>Samples.</summary>
    public int Count => _labels.Count;

    /// <summary>1 for what was taken, else 0; by sample.</summary>
    public IReadOnlyList<float> Labels => _labels;

    /// <summary>How many candidates a sample stands for.</summary>
    public IReadOnlyList<float> Weights => _weights;

    /// <summary>The candidate's row, by sample.</summary>
    public IReadOnlyList<int> Rows => _rows;

    /// <summary>Number of the request, by sample.</summary>
    public IReadOnlyList<int> Users => _users;

    /// <summary>The user's recent rows, by request.</summary>
    public IReadOnlyList<int[]> Histories => _histories;

    /// <summary>Adds one request's candidates: all that were taken, and some of the others.</summary>
    /// <param name="candidates">What was recalled.</param>
    /// <param name="taken">Rows that the user took later, ascending.</param>
    /// <param name="known">Rows that say nothing, since the user had taken them before, ascending.</param>
    /// <param name="negatives">Others at the most.</param>
    /// <param name="random">Draws the others.</param>
    public void Add(DescribedCandidates candidates, ReadOnlySpan<int> taken, ReadOnlySpan<int> known, int negatives, Random random)
    {
        var n = candidates.Rows.Length;
        var c = candidates.ChannelCount;
        Span<float> bests = stackalloc float[c];
        for (var cell = 0; cell < n * c; cell++)
        {
            if (candidates.Places[cell] == 1)
            {
                bests[cell % c] = candidates.Scores[cell];
            }
        }

        _histories.Add(candidates.RecentRows.ToArray());
        var others = new List<int>(n);
        for (var i = 0; i < n; i++)
        {
            if (taken.BinarySearch(candidates.Rows[i]) >= 0)
            {
                Add(candidates, i, bests, 1, 1);
                Positives++;
            }
            else if (known.BinarySearch(candidates.Rows[i]) < 0)
            {
                others.Add(i);
            }
        }

        random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(others));
        var drawn = Math.Min(negatives, others.Count);
        for (var i = 0; i < drawn; i++)
        {
            Add(candidates, others[i], bests, 0, (float)others.Count / drawn);
        }
    }

    /// <summary>Fits calibrations, then the logistic regression over them.</summary>
    public BlendModel Fit(CancellationToken cancellationToken)
    {
        var calibrations = new IsotonicCalibration[channels.Count];
        var missing = new float[channels.Count];
        for (var c = 0; c < channels.Count; c++)
        {
            (calibrations[c], missing[c]) = Calibrate(c);
        }

        var names = RankFeatures.Names(channels);
        var model = new BlendModel
        {
            Channels = channels,
            Calibrations = calibrations,
            MissingLogits = missing,
            Features = names,
            Logistic = new LogisticModel(new float[names.Count], 0),
        };
        var features = Features(model);
        var logistic = LogisticRegression.Train(
            features,
            names.Count,
            _labels.ToArray(),
            _weights.ToArray(),
            new LogisticRegressionOptions(),
            cancellationToken);
        return model with { Logistic = logistic };
    }

    private void Add(DescribedCandidates candidates, int i, ReadOnlySpan<float> bests, float label, float weight)
    {
        var c = candidates.ChannelCount;
        var k = RankFeatures.CommonNames.Count;
        _scores.AddRange(candidates.Scores.Slice(i * c, c));
        _places.AddRange(candidates.Places.Slice(i * c, c));
        _bests.AddRange(bests);
        _common.AddRange(candidates.CommonFeatures.Slice(i * k, k));
        _labels.Add(label);
        _weights.Add(weight);
        _rows.Add(candidates.Rows[i]);
        _users.Add(_histories.Count - 1);
    }

    private (IsotonicCalibration Calibration, float MissingLogit) Calibrate(int channel)
    {
        var scores = new List<float>();
        var labels = new List<float>();
        var weights = new List<float>();
        var (missingPositives, missingWeight) = (0.0, 0.0);
        for (var s = 0; s < _labels.Count; s++)
        {
            var cell = (s * channels.Count) + channel;
            if (_places[cell] > 0)
            {
                scores.Add(_scores[cell]);
                labels.Add(_labels[s]);
                weights.Add(_weights[s]);
            }
            else
            {
                missingPositives += _labels[s];
                missingWeight += _weights[s];
            }
        }

        // A channel that found nothing has no say: the rate that any candidate has.
        var rate = (float)(Positives / (double)_weights.Sum());
        var calibration = scores.Count == 0
            ? new IsotonicCalibration([0], [rate])
            : IsotonicCalibration.Fit(scores.ToArray(), labels.ToArray(), weights.ToArray(), MaxKnots, smoothing: 10);
        return (calibration, RankFeatures.Logit((float)((missingPositives + rate) / (missingWeight + 1))));
    }

    /// <summary>What the blend's features are, row-major, samples × features.</summary>
    public float[] Features(BlendModel model)
    {
        var (c, k, width) = (channels.Count, RankFeatures.CommonNames.Count, model.Features.Count);
        var features = new float[_labels.Count * width];
        var common = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_common);
        var perChannel = (width - k) / c;
        for (var s = 0; s < _labels.Count; s++)
        {
            var row = features.AsSpan(s * width, width);
            for (var channel = 0; channel < c; channel++)
            {
                var cell = (s * c) + channel;
                RankFeatures.WriteChannel(model, channel, _places[cell], _scores[cell], _bests[cell], row.Slice(channel * perChannel, perChannel));
            }

            common.Slice(s * k, k).CopyTo(row[(c * perChannel)..]);
        }

        return features;
    }
}
