namespace Siskin.Models.Ranking;

/// <summary>Loss, gradient and Hessian of one logistic regression over standardised features; the last parameter is the bias.</summary>
internal sealed class LogisticProblem
{
    private readonly int _f;
    private readonly double[] _rows;
    private readonly double[] _labels;
    private readonly double[] _weights;
    private readonly double[] _means;
    private readonly double[] _deviations;
    private readonly double _l2;

    public LogisticProblem(ReadOnlySpan<float> features, int featureCount, ReadOnlySpan<float> labels, double[] weights, double l2)
    {
        _f = featureCount;
        _weights = weights;
        _l2 = l2;
        _labels = new double[labels.Length];
        _rows = new double[features.Length];
        _means = new double[featureCount];
        _deviations = new double[featureCount];
        for (var s = 0; s < labels.Length; s++)
        {
            _labels[s] = labels[s];
            TotalWeight += weights[s];
        }

        Standardize(features);
    }

    public double TotalWeight { get; }

    public double Loss(double[] parameters) => Evaluate(parameters, null, null);

    public double Evaluate(double[] parameters, double[]? gradient, double[]? hessian)
    {
        var size = _f + 1;
        gradient?.AsSpan().Clear();
        hessian?.AsSpan().Clear();
        var loss = 0.0;
        for (var s = 0; s < _labels.Length; s++)
        {
            var row = _rows.AsSpan(s * _f, _f);
            var logit = Dot(row, parameters.AsSpan(0, _f)) + parameters[_f];
            var weight = _weights[s];

            // log(1 + e^z) − y·z without overflow.
            loss += weight * (Math.Max(logit, 0) + Math.Log(1 + Math.Exp(-Math.Abs(logit))) - (_labels[s] * logit));
            if (gradient == null || hessian == null)
            {
                continue;
            }

            var p = 1 / (1 + Math.Exp(-logit));
            var slope = weight * (p - _labels[s]);
            var curvature = weight * p * (1 - p);
            AddScaled(row, slope, gradient.AsSpan(0, _f));
            gradient[_f] += slope;
            for (var i = 0; i < _f; i++)
            {
                AddScaled(row[..(i + 1)], curvature * row[i], hessian.AsSpan(i * size, i + 1));
            }

            AddScaled(row, curvature, hessian.AsSpan(_f * size, _f));
            hessian[(_f * size) + _f] += curvature;
        }

        for (var j = 0; j < _f; j++)
        {
            loss += _l2 / 2 * parameters[j] * parameters[j];
            if (gradient != null && hessian != null)
            {
                gradient[j] += _l2 * parameters[j];
                hessian[(j * size) + j] += _l2;
            }
        }

        return loss;
    }

    /// <summary>The model in the features' own units: w_j = v_j / σ_j, b − Σ w_j·μ_j.</summary>
    public LogisticModel Fold(double[] parameters)
    {
        var weights = new float[_f];
        var bias = parameters[_f];
        for (var j = 0; j < _f; j++)
        {
            var weight = _deviations[j] > 0 ? parameters[j] / _deviations[j] : 0;
            weights[j] = (float)weight;
            bias -= weight * _means[j];
        }

        return new LogisticModel(weights, (float)bias);
    }

    private static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++)
        {
            sum += x[i] * y[i];
        }

        return sum;
    }

    private static void AddScaled(ReadOnlySpan<double> x, double a, Span<double> y)
    {
        for (var i = 0; i < x.Length; i++)
        {
            y[i] += a * x[i];
        }
    }

    private void Standardize(ReadOnlySpan<float> features)
    {
        for (var s = 0; s < _labels.Length; s++)
        {
            for (var j = 0; j < _f; j++)
            {
                _means[j] += _weights[s] / TotalWeight * features[(s * _f) + j];
            }
        }

        for (var s = 0; s < _labels.Length; s++)
        {
            for (var j = 0; j < _f; j++)
            {
                var difference = features[(s * _f) + j] - _means[j];
                _deviations[j] += _weights[s] / TotalWeight * difference * difference;
            }
        }

        for (var j = 0; j < _f; j++)
        {
            // Rounding alone must not turn a constant into a feature.
            var deviation = Math.Sqrt(_deviations[j]);
            _deviations[j] = deviation > 1e-9 * Math.Max(1e-30, Math.Abs(_means[j])) ? deviation : 0;
        }

        for (var s = 0; s < _labels.Length; s++)
        {
            for (var j = 0; j < _f; j++)
            {
                _rows[(s * _f) + j] = _deviations[j] > 0 ? (features[(s * _f) + j] - _means[j]) / _deviations[j] : 0;
            }
        }
    }
}
