namespace Siskin.Models.Graph.Operators;

/// <summary>γ ⊙ (x − mean) / √(variance + ε) + β of each column over the batch; in scoring with running means (Ioffe and Szegedy 2015).</summary>
/// <remarks>Mean and variance are those of all rows of the batch, whatever the number of threads.</remarks>
internal sealed unsafe class BatchNorm : Operator
{
    public const float Epsilon = 1e-5f;

    private readonly Parameter? _scale;
    private readonly Parameter? _shift;
    private readonly Parameter _running;
    private readonly float _momentum;
    private readonly BatchStatistics _statistics = new();

    // 1 / deviation of each column, by thread.
    private float[][] _inverses = [];

    /// <param name="output">rows × columns.</param>
    /// <param name="input">rows × columns.</param>
    /// <param name="scale">1 × columns, or null for 1.</param>
    /// <param name="shift">1 × columns, or null for 0.</param>
    /// <param name="running">2 × columns: running mean and variance; without gradients.</param>
    /// <param name="momentum">Share of a batch in the running ones.</param>
    public BatchNorm(Node output, Node input, Parameter? scale, Parameter? shift, Parameter running, float momentum)
        : base(output, input)
    {
        (_scale, _shift, _running, _momentum) = (scale, shift, running, momentum);
        Parameters = scale is null || shift is null ? [running] : [scale, shift, running];
    }

    public override IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>γ of each column, or null for 1.</summary>
    public Parameter? Scale => _scale;

    /// <summary>β of each column, or null for 0.</summary>
    public Parameter? Shift => _shift;

    /// <summary>Running mean and variance of each column: 2 × columns.</summary>
    public Parameter Running => _running;

    public override string Settings => FormattableString.Invariant($"{_momentum}");

    public override bool IsBatchWide => true;

    /// <summary>The normalised row.</summary>
    public override int ScratchWidth => Output.Width;

    public override void Attach(int workers, int maxBatch)
    {
        _statistics.Attach(workers, (2 * Output.Width) + 1);
        _inverses = new float[workers][];
        for (var i = 0; i < workers; i++)
        {
            _inverses[i] = new float[Output.Width];
        }
    }

    public override void Forward(Workspace workspace)
    {
        var (rows, width) = (workspace.RowsOf(Output.Rows), Output.Width);
        var x = workspace.Values(Inputs[0]);
        var y = workspace.Values(Output);
        var normal = workspace.Scratch(this);
        var means = stackalloc float[width];
        var inverses = stackalloc float[width];
        if (workspace.IsTraining)
        {
            Measure(workspace, x, rows, means, inverses);
            new Span<float>(inverses, width).CopyTo(_inverses[workspace.Worker]);
        }
        else
        {
            for (var i = 0; i < width; i++)
            {
                (means[i], inverses[i]) = (_running.Values[i], 1 / MathF.Sqrt(_running.Values[width + i] + Epsilon));
            }
        }

        for (var row = 0; row < rows; row++, x += width, y += width, normal += width)
        {
            for (var i = 0; i < width; i++)
            {
                normal[i] = (x[i] - means[i]) * inverses[i];
                y[i] = _scale is null || _shift is null ? normal[i] : (normal[i] * _scale.Values[i]) + _shift.Values[i];
            }
        }
    }

    public override void Backward(Workspace workspace)
    {
        var (rows, width) = (workspace.RowsOf(Output.Rows), Output.Width);
        var dy = workspace.Gradients(Output);
        var normal = workspace.Scratch(this);
        var own = _statistics.Own(workspace);
        own.Clear();
        for (var row = 0; row < rows; row++)
        {
            for (var i = 0; i < width; i++)
            {
                var gradient = dy[(row * width) + i];
                own[i] += gradient;
                own[width + i] += gradient * normal[(row * width) + i];
            }
        }

        own[2 * width] = rows;
        if (_scale is not null && _shift is not null)
        {
            for (var i = 0; i < width; i++)
            {
                workspace.Gradients(_shift)[i] += own[i];
                workspace.Gradients(_scale)[i] += own[width + i];
            }
        }

        var sums = new float[(2 * width) + 1];
        _statistics.Meet(workspace, sums);
        if (!Inputs[0].HasGradient)
        {
            return;
        }

        var dx = workspace.Gradients(Inputs[0]);
        var inverses = _inverses[workspace.Worker];
        var all = sums[2 * width];
        for (var row = 0; row < rows; row++, dx += width, dy += width, normal += width)
        {
            for (var i = 0; i < width; i++)
            {
                var gradient = (_scale is null ? 1 : _scale.Values[i]) * inverses[i] * (dy[i] - ((sums[i] + (normal[i] * sums[width + i])) / all));
                dx[i] = Adds[0] ? dx[i] + gradient : gradient;
            }
        }
    }

    private void Measure(Workspace workspace, float* x, int rows, float* means, float* inverses)
    {
        var width = Output.Width;
        var own = _statistics.Own(workspace);
        own.Clear();
        for (var row = 0; row < rows; row++)
        {
            for (var i = 0; i < width; i++)
            {
                var value = x[(row * width) + i];
                own[i] += value;
            }
        }

        own[2 * width] = rows;
        var sums = new float[(2 * width) + 1];
        _statistics.Meet(workspace, sums);
        var all = Math.Max(1, sums[2 * width]);
        for (var i = 0; i < width; i++)
        {
            means[i] = sums[i] / all;
        }

        // Squares of differences, because squares of large means would swallow them.
        own.Clear();
        for (var row = 0; row < rows; row++)
        {
            for (var i = 0; i < width; i++)
            {
                var difference = x[(row * width) + i] - means[i];
                own[width + i] += difference * difference;
            }
        }

        _statistics.Meet(workspace, sums);
        for (var i = 0; i < width; i++)
        {
            inverses[i] = 1 / MathF.Sqrt((sums[width + i] / all) + Epsilon);
        }

        // A batch may have no elements at all.
        if (workspace.Worker == 0 && sums[2 * width] > 0)
        {
            for (var i = 0; i < width; i++)
            {
                _running.Values[i] += _momentum * (means[i] - _running.Values[i]);
                _running.Values[width + i] += _momentum * ((sums[width + i] / Math.Max(1, all - 1)) - _running.Values[width + i]);
            }
        }
    }
}
