using Siskin.Vectors.Memory;

namespace Siskin.Models.Graph.Serving;

/// <summary>What one request is scored in: the user's inputs, and memory for all that is computed. Not thread-safe; disposing of it gives it back for other requests.</summary>
public sealed unsafe class ServingSession : IDisposable
{
    private readonly CompiledGraph _compiled;
    private readonly WorkerTeam _team = new(1);
    private readonly ExampleTable _user;
    private readonly ExampleTable _cross;
    private readonly int[] _rows;
    private readonly int[] _items;
    private readonly NativeBlock[] _rooms;
    private readonly Node[] _outputs;
    private bool _isRented;

    internal ServingSession(CompiledGraph compiled)
    {
        _compiled = compiled;
        var (graph, block) = (compiled.Graph, compiled.Block);
        _user = new ExampleTable(graph.Layout, 1);
        _cross = new ExampleTable(graph.Layout, block);
        _rows = [.. Enumerable.Range(0, block)];
        _items = new int[block];
        User = new Workspace(graph, 1, [.. graph.Layout.Sequences.Select(sequence => sequence.MaxLength)], trains: false, 0, _team);
        _outputs = [.. graph.Outputs];
        var elements = compiled.Plan.HasElements ? block : 1;
        Cross = new Workspace(graph, block, [.. graph.Layout.Sequences.Select(sequence => checked(elements * sequence.MaxLength))], trains: false, 0, _team);
        _rooms = [.. compiled.Plan.Steps.Select(step => new NativeBlock(step.RoomFor(block) * sizeof(float)))];
    }

    /// <summary>An id for each categorical field of the layout; only the user's count.</summary>
    public Span<int> UserIds => _user.Ids;

    /// <summary>A number for each number of the layout; only the user's count.</summary>
    public Span<float> UserNumbers => _user.Numbers;

    internal Workspace User { get; }

    internal Workspace Cross { get; }

    /// <summary>Number of the block of candidates at hand.</summary>
    internal int Block { get; private set; }

    /// <summary>Sets a sequence of the user.</summary>
    /// <param name="sequence">Its number in the layout.</param>
    /// <param name="ids">At most as many as the layout says.</param>
    /// <exception cref="ArgumentException">There are more, or one is unknown.</exception>
    public void SetUserSequence(int sequence, ReadOnlySpan<int> ids)
    {
        var field = _compiled.Graph.Layout.Sequences[sequence];
        if (ids.Length > field.MaxLength || (!ids.IsEmpty && ids.ContainsAnyExceptInRange(0, field.Count - 1)))
        {
            throw new ArgumentException($"'{field.Name}' takes at most {field.MaxLength} ids of 0 to {field.Count - 1}", nameof(ids));
        }

        var own = _user.Sequences[sequence];
        ids.CopyTo(own.Ids);
        own.Offsets[1] = ids.Length;
    }

    /// <summary>Scores candidates for the user whose inputs have been set.</summary>
    /// <param name="items">n items, each 0 to <see cref="CompiledGraph.ItemCount"/> − 1.</param>
    /// <param name="crossIds">Row-major, n × <see cref="CompiledGraph.CrossFields"/>.</param>
    /// <param name="crossNumbers">Row-major, n × <see cref="CompiledGraph.CrossNumbers"/>.</param>
    /// <param name="logits">Output, row-major, n × <see cref="CompiledGraph.OutputWidth"/>.</param>
    /// <exception cref="ArgumentException">A length is wrong, or an item or id is unknown.</exception>
    public void Score(ReadOnlySpan<int> items, ReadOnlySpan<int> crossIds, ReadOnlySpan<float> crossNumbers, Span<float> logits)
    {
        Check(items, crossIds, crossNumbers, logits);
        User.StartBatch(_user, 1, 0);
        User.StartBlock(_rows.AsMemory(0, 1), 0);
        foreach (var op in _compiled.Plan.UserOperators)
        {
            op.Forward(User);
        }

        foreach (var step in _compiled.Plan.Steps)
        {
            step.StartRequest(this);
        }

        Cross.StartBatch(_cross, Math.Max(1, items.Length), 0);
        var (fields, numbers, width) = (_compiled.CrossFields.Count, _compiled.CrossNumbers.Count, _compiled.OutputWidth);
        Block = 0;
        for (var first = 0; first < items.Length; first += _rows.Length, Block++)
        {
            var count = Math.Min(_rows.Length, items.Length - first);
            items.Slice(first, count).CopyTo(_items);
            Fill(count, crossIds.Slice(first * fields, count * fields), crossNumbers.Slice(first * numbers, count * numbers));
            Cross.StartBlock(_rows.AsMemory(0, count), first);
            foreach (var step in _compiled.Plan.Steps)
            {
                step.Run(this);
            }

            Take(logits.Slice(first * width, count * width), width);
        }
    }

    /// <summary>Gives the session back; once, however often it is called.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isRented, false))
        {
            _compiled.Return(this);
        }
    }

    /// <summary>Forgets the user of the request before.</summary>
    internal void Start()
    {
        Array.Clear(_user.Ids);
        Array.Clear(_user.Numbers);
        for (var s = 0; s < _user.Sequences.Count; s++)
        {
            _user.Sequences[s].Offsets[1] = 0;
        }

        _isRented = true;
    }

    /// <summary>The item of a candidate of the block.</summary>
    internal int Item(int candidate) => _items[candidate];

    /// <summary>Numbers of a candidate of the block.</summary>
    internal ReadOnlySpan<float> Numbers(int candidate) => _cross.Numbers.AsSpan(candidate * _cross.Layout.Numbers.Count, _cross.Layout.Numbers.Count);

    /// <summary>What a step keeps.</summary>
    internal float* Room(CrossStep step) => (float*)_rooms[step.Index].Pointer;

    private void Check(ReadOnlySpan<int> items, ReadOnlySpan<int> crossIds, ReadOnlySpan<float> crossNumbers, Span<float> logits)
    {
        var layout = _compiled.Graph.Layout;
        if (crossIds.Length != items.Length * _compiled.CrossFields.Count || crossNumbers.Length != items.Length * _compiled.CrossNumbers.Count || logits.Length != items.Length * _compiled.OutputWidth)
        {
            throw new ArgumentException($"{items.Length} candidates need {_compiled.CrossFields.Count} ids, {_compiled.CrossNumbers.Count} numbers and {_compiled.OutputWidth} logits each; there are {crossIds.Length}, {crossNumbers.Length} and {logits.Length}");
        }

        foreach (var item in items)
        {
            if ((uint)item >= (uint)_compiled.ItemCount)
            {
                throw new ArgumentException($"there is no item {item}, only {_compiled.ItemCount}", nameof(items));
            }
        }

        for (var i = 0; i < crossIds.Length; i++)
        {
            var field = layout.Fields[_compiled.CrossFields[i % _compiled.CrossFields.Count]];
            if ((uint)crossIds[i] >= (uint)field.Count)
            {
                throw new ArgumentException($"id {crossIds[i]} of '{field.Name}' is not below {field.Count}", nameof(crossIds));
            }
        }

        for (var i = 0; i < layout.Fields.Count; i++)
        {
            if ((uint)_user.Ids[i] >= (uint)layout.Fields[i].Count)
            {
                throw new ArgumentException($"the user's id {_user.Ids[i]} of '{layout.Fields[i].Name}' is not below {layout.Fields[i].Count}");
            }
        }
    }

    private void Fill(int count, ReadOnlySpan<int> crossIds, ReadOnlySpan<float> crossNumbers)
    {
        var (ids, numbers) = (_compiled.CrossFields, _compiled.CrossNumbers);
        for (var i = 0; i < count; i++)
        {
            for (var f = 0; f < ids.Count; f++)
            {
                _cross.Ids[(i * _cross.Layout.Fields.Count) + ids[f]] = crossIds[(i * ids.Count) + f];
            }

            for (var f = 0; f < numbers.Count; f++)
            {
                _cross.Numbers[(i * _cross.Layout.Numbers.Count) + numbers[f]] = crossNumbers[(i * numbers.Count) + f];
            }
        }

        for (var s = 0; _compiled.Plan.HasElements && s < _cross.Sequences.Count; s++)
        {
            var (own, source) = (_cross.Sequences[s], _compiled.ItemSequences[s] ? _compiled.Items.Sequences[s] : _user.Sequences[s]);
            for (var i = 0; i < count; i++)
            {
                var sequence = source[_compiled.ItemSequences[s] ? _items[i] : 0];
                sequence.CopyTo(own.Ids.AsSpan(own.Offsets[i]));
                own.Offsets[i + 1] = own.Offsets[i] + sequence.Length;
            }
        }
    }

    private void Take(Span<float> logits, int width)
    {
        var column = 0;
        foreach (var output in _outputs)
        {
            var values = Cross.Values(output);
            for (var i = 0; i < Cross.Count; i++)
            {
                new ReadOnlySpan<float>(values + ((long)i * output.Width), output.Width).CopyTo(logits[((i * width) + column)..]);
            }

            column += output.Width;
        }
    }
}
