namespace Siskin.Data.Datasets.Synthetic;

/// <summary>Plays a synthetic world: who does what, when.</summary>
/// <remarks>
/// Each user comes back in sessions. Before each click the user is exposed to
/// <see cref="SyntheticTuning.Exposed"/> different items that exist and that the user has not clicked, each drawn from a
/// mixture (popular, favourite tags, new, any), and chooses one with probability proportional to
/// exp(<see cref="SyntheticTuning.Sharpness"/> · affinity). A like, a rating or a purchase may follow.
/// Memory O(users + clicks) for what each user has clicked. Not safe for concurrent use; plays once.
/// </remarks>
internal sealed class SyntheticSimulation
{
    private const int MaxDraws = 50 * SyntheticTuning.Exposed;
    private const long Day = 24 * 3_600_000L;

    private readonly SyntheticPopulation _population;
    private readonly State[] _users;
    private readonly PriorityQueue<int, (long Time, int User)> _next = new();
    private SyntheticRandom _random;

    public SyntheticSimulation(SyntheticPopulation population)
    {
        _population = population;
        var options = population.Options;
        _random = new SyntheticRandom((ulong)(uint)options.Seed | (1UL << 40));
        _users = new State[options.Users];
        var total = 0.0;
        foreach (var activity in population.Activity)
        {
            total += activity;
        }

        for (var u = 0; u < _users.Length; u++)
        {
            var state = _users[u] = new State();

            // A quarter of the users join while the world is running.
            var joins = _random.NextDouble() < 0.25 ? (long)(_random.NextDouble() * 0.7 * population.SpanMilliseconds) : 0;
            var sessions = options.Events * population.Activity[u] / total / SyntheticTuning.EventsPerSession;
            state.MeanGap = (population.SpanMilliseconds - joins) / Math.Max(sessions, 1e-3);
            _next.Enqueue(u, (joins + Pause(state.MeanGap), u));
        }
    }

    /// <summary>All events in order of time; ties by user. Ends early only when every user has run out of items.</summary>
    public IEnumerable<SyntheticAction> Play()
    {
        for (var played = 0L; played < _population.Options.Events;)
        {
            if (!_next.TryDequeue(out var user, out var at))
            {
                yield break;
            }

            if (Step(user, at.Time) is { } action)
            {
                played++;
                yield return action;
            }
        }
    }

    private SyntheticAction? Step(int user, long time)
    {
        var state = _users[user];
        if (state.Pending.Count == 0)
        {
            if (state.ClicksLeft == 0)
            {
                BeginSession(user, state, time);
            }

            var item = Choose(state, user, time, out var affinity);
            if (item < 0)
            {
                // Nothing left to see now; new items may have come by the next session.
                state.ClicksLeft = 0;
                if (state.Clicked.Count < _population.Options.Items)
                {
                    _next.Enqueue(user, (time + Pause(state.MeanGap) + Day, user));
                }

                return null;
            }

            state.Clicked.Add(item);
            state.ClicksLeft--;
            FollowUp(state, item, affinity);
            Schedule(user, state, time);
            return new(user, item, SyntheticActionKind.Click, 0, time);
        }

        var (pending, kind, rating) = state.Pending.Dequeue();
        Schedule(user, state, time);
        return new(user, pending, kind, rating, time);
    }

    private void BeginSession(int user, State state, long time)
    {
        state.ClicksLeft = 1;
        while (_random.NextDouble() > 1 / SyntheticTuning.ClicksPerSession)
        {
            state.ClicksLeft++;
        }

        // A taste hardly moves within a session, so it is worked out once.
        _population.Taste(user, time, state.Taste);
    }

    private void Schedule(int user, State state, long time)
    {
        var gap = state.Pending.Count > 0 ? 5_000 + Pause(40_000)
            : state.ClicksLeft > 0 ? 20_000 + Pause(180_000)
            : 1_800_000 + Pause(state.MeanGap);
        _next.Enqueue(user, (time + gap, user));
    }

    private long Pause(double mean) => 1 + (long)Math.Min(_random.NextExponential(mean), 20_000.0 * Day);

    private int Choose(State state, int user, long time, out double affinity)
    {
        Span<int> shown = stackalloc int[SyntheticTuning.Exposed];
        Span<double> affinities = stackalloc double[SyntheticTuning.Exposed];
        Span<double> weights = stackalloc double[SyntheticTuning.Exposed];
        var existing = _population.Existing(time);
        var old = _population.Existing(time - SyntheticTuning.NewMilliseconds);
        var count = 0;
        var total = 0.0;
        for (var draw = 0; draw < MaxDraws && count < shown.Length; draw++)
        {
            var item = Expose(user, old, existing);
            if (item >= existing || shown[..count].Contains(item) || state.Clicked.Contains(item))
            {
                continue;
            }

            shown[count] = item;
            affinities[count] = _population.Affinity(state.Taste, item);
            weights[count] = StableMath.Exp(SyntheticTuning.Sharpness * affinities[count]);
            total += weights[count++];
        }

        affinity = 0;
        if (count == 0)
        {
            return -1;
        }

        var mark = _random.NextDouble() * total;
        var chosen = 0;
        while (chosen < count - 1 && (mark -= weights[chosen]) >= 0)
        {
            chosen++;
        }

        affinity = affinities[chosen];
        return shown[chosen];
    }

    private int Expose(int user, int old, int existing)
    {
        var source = _random.NextDouble();
        if (source < SyntheticTuning.PopularShare)
        {
            return _population.Popular.Draw(ref _random);
        }

        source -= SyntheticTuning.PopularShare;
        if (source < SyntheticTuning.RandomShare)
        {
            return _random.Next(_population.Options.Items);
        }

        if (source < SyntheticTuning.RandomShare + SyntheticTuning.NewShare)
        {
            return old < existing ? old + _random.Next(existing - old) : _random.Next(_population.Options.Items);
        }

        var favourites = _population.FavouriteTags[user];
        var mark = _random.NextDouble();
        var t = 0;
        while (t < favourites.Length - 1 && (mark -= favourites[t].Share) >= 0)
        {
            t++;
        }

        return _population.DrawOfTag(favourites[t].Tag, ref _random);
    }

    private void FollowUp(State state, int item, double affinity)
    {
        var pleased = 1 / (1 + StableMath.Exp(-8 * (affinity - 0.55)));
        if (_random.NextDouble() < 0.35 * pleased)
        {
            state.Pending.Enqueue((item, SyntheticActionKind.Like, 0));
        }

        if (_random.NextDouble() < 0.12)
        {
            var rating = (int)Math.Round(1.6 + (3.2 * pleased) + (0.7 * _random.NextGaussian()));
            state.Pending.Enqueue((item, SyntheticActionKind.Rating, Math.Clamp(rating, 1, 5)));
        }

        if (_random.NextDouble() < 0.08 * pleased)
        {
            state.Pending.Enqueue((item, SyntheticActionKind.Purchase, 0));
        }
    }

    private sealed class State
    {
        public HashSet<int> Clicked { get; } = [];

        public Queue<(int Item, SyntheticActionKind Kind, int Rating)> Pending { get; } = new();

        public float[] Taste { get; } = new float[SyntheticTuning.Dimension];

        public double MeanGap { get; set; }

        public int ClicksLeft { get; set; }
    }
}
