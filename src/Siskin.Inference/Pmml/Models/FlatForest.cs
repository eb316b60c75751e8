using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Xml.Linq;
using Siskin.Inference.Pmml.Fields;

namespace Siskin.Inference.Pmml.Models;

/// <summary>Trees that ask for numbers only, in one array, several walked at a time so that the processor waits for none of them.</summary>
/// <remarks>
/// A node has 16 bytes: a bound, a field, and where its left child is; the right one is next to it. A leaf's left child is itself,
/// so that trees of different depths are walked in step. Rows with a missing value in one of the fields go through the trees as
/// the document has them.
/// </remarks>
internal sealed class FlatForest
{
    private const int Together = 8;

    private readonly Node[] _nodes;
    private readonly double[] _values;
    private readonly int[] _order;
    private readonly int[] _roots;
    private readonly int[] _depths;
    private readonly int[] _slots;

    private FlatForest(List<Node> nodes, List<double> values, List<int> roots, List<int> depths, List<int> slots)
    {
        (_nodes, _values, _slots) = ([.. nodes], [.. values], [.. slots]);

        // Trees of like depth go together, the deepest first; the last group is filled up with a tree once more.
        Count = roots.Count;
        _order = [.. Enumerable.Range(0, Count).OrderByDescending(tree => depths[tree])];
        while (_order.Length % Together != 0)
        {
            _order = [.. _order, _order[^1]];
        }

        _roots = [.. _order.Select(tree => roots[tree])];
        _depths = [.. Enumerable.Range(0, _order.Length / Together).Select(group => depths[_order[group * Together]])];
    }

    /// <summary>Trees.</summary>
    public int Count { get; }

    /// <summary>The same trees in this form; null where one asks for anything else than numbers, or may end before a leaf.</summary>
    /// <param name="trees">TreeModel elements.</param>
    /// <param name="scope">Where their fields are.</param>
    /// <param name="leaf">The number that a leaf stands for; NaN when it has none.</param>
    public static FlatForest? Compile(IReadOnlyList<XElement> trees, PmmlScope scope, Func<XElement, double> leaf)
    {
        var (nodes, values, roots, depths, slots) = (new List<Node>(), new List<double>(), new List<int>(), new List<int>(), new List<int>());
        foreach (var tree in trees)
        {
            if (tree.Child("Node") is not { } root || root.Child("True") is null)
            {
                return null;
            }

            roots.Add(nodes.Count);
            nodes.Add(default);
            values.Add(0);
            var depth = Add(root, nodes.Count - 1, 0);
            if (depth < 0)
            {
                return null;
            }

            depths.Add(depth);
        }

        return roots.Count == 0 ? null : new FlatForest(nodes, values, roots, depths, slots);

        int Add(XElement element, int at, int depth)
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            var children = element.Children("Node").ToArray();
            if (children.Length == 0)
            {
                values[at] = leaf(element);
                nodes[at] = new Node(double.PositiveInfinity, 0, at);
                return double.IsNaN(values[at]) ? -1 : depth;
            }

            if (children.Length != 2 || Bound(children[0]) is not { } first || (children[1].Child("True") is null && (Bound(children[1]) is not { } second || second.Slot != first.Slot || second.High != first.High || second.IsLow == first.IsLow)))
            {
                return -1;
            }

            var field = slots.IndexOf(first.Slot);
            if (field < 0)
            {
                field = slots.Count;
                slots.Add(first.Slot);
            }

            var left = nodes.Count;
            nodes.AddRange([default, default]);
            values.AddRange([0, 0]);
            nodes[at] = new Node(first.High, field, left);
            var (low, high) = first.IsLow ? (children[0], children[1]) : (children[1], children[0]);
            var (a, b) = (Add(low, left, depth + 1), Add(high, left + 1, depth + 1));
            return a < 0 || b < 0 ? -1 : Math.Max(a, b);
        }

        // A predicate as "up to this number" or "above it": below a number is up to the one before it.
        (int Slot, double High, bool IsLow)? Bound(XElement node)
        {
            if (node.Child("SimplePredicate") is not { } predicate || scope.Find(predicate.Required("field")) is not { DataType: PmmlDataType.Double or PmmlDataType.Float or PmmlDataType.Integer, Argument: null, Count: null } field
                || !PmmlTypes.Number(predicate.Text("value") ?? string.Empty, out var value))
            {
                return null;
            }

            value = PmmlTypes.Cast(PmmlValue.Of(value), field.DataType == PmmlDataType.Float ? PmmlDataType.Float : PmmlDataType.Double, scope.Program.Symbols).Number;
            return predicate.Text("operator") switch
            {
                "lessOrEqual" => (field.Slot, value, true),
                "lessThan" => (field.Slot, Math.BitDecrement(value), true),
                "greaterThan" => (field.Slot, value, false),
                "greaterOrEqual" => (field.Slot, Math.BitDecrement(value), false),
                _ => null,
            };
        }
    }

    /// <summary>The leaf of each tree.</summary>
    /// <param name="frame">The row.</param>
    /// <param name="leaves">Output, a number for each tree.</param>
    /// <returns>Whether the row has all values that are asked for; otherwise nothing was written.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Walk(PmmlFrame frame, Span<double> leaves)
    {
        Span<double> x = _slots.Length <= 128 ? stackalloc double[Math.Max(1, _slots.Length)] : new double[_slots.Length];
        x.Clear();
        for (var i = 0; i < _slots.Length; i++)
        {
            x[i] = frame.Number(_slots[i]);
            if (double.IsNaN(x[i]))
            {
                return false;
            }
        }

        // Indices are those that Compile made; checking them again would take longer than walking.
        ref var nodes = ref MemoryMarshal.GetArrayDataReference(_nodes);
        ref var values = ref MemoryMarshal.GetReference(x);
        for (var group = 0; group < _depths.Length; group++)
        {
            var roots = _roots.AsSpan(group * Together, Together);
            var (a, b, c, d, e, f, g, h) = (roots[0], roots[1], roots[2], roots[3], roots[4], roots[5], roots[6], roots[7]);
            for (var depth = _depths[group]; depth > 0; depth--)
            {
                a = Next(ref nodes, a, ref values);
                b = Next(ref nodes, b, ref values);
                c = Next(ref nodes, c, ref values);
                d = Next(ref nodes, d, ref values);
                e = Next(ref nodes, e, ref values);
                f = Next(ref nodes, f, ref values);
                g = Next(ref nodes, g, ref values);
                h = Next(ref nodes, h, ref values);
            }

            ReadOnlySpan<int> ends = [a, b, c, d, e, f, g, h];
            for (var i = 0; i < Together; i++)
            {
                leaves[_order[(group * Together) + i]] = _values[ends[i]];
            }
        }

        return true;
    }

    // Nothing is above a leaf's bound, so that it leads to itself.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Next(ref Node nodes, int at, ref double values)
    {
        ref var node = ref Unsafe.Add(ref nodes, at);
        return node.Left + (Unsafe.Add(ref values, node.Field) > node.High ? 1 : 0);
    }

    private readonly record struct Node(double High, int Field, int Left);
}
