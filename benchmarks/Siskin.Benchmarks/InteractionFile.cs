using Siskin.Models.Interactions;

namespace Siskin.Benchmarks;

/// <summary>Reads implicit feedback with one line per user: <c>user item item …</c>.</summary>
internal static class InteractionFile
{
    public static Interaction[] Read(string path)
    {
        var interactions = new List<Interaction>();
        foreach (var line in File.ReadLines(path))
        {
            var user = -1;
            foreach (var range in line.AsSpan().Split(' '))
            {
                var field = line.AsSpan(range);
                if (field.IsWhiteSpace())
                {
                    continue;
                }

                var number = int.Parse(field);
                if (user < 0)
                {
                    user = number;
                }
                else
                {
                    interactions.Add(new(user, number, 1, 0));
                }
            }
        }

        return [.. interactions];
    }

    /// <summary>Matrices of the same shape, large enough for all parts.</summary>
    public static InteractionMatrix[] ToMatrices(params Interaction[][] parts)
    {
        var users = parts.Max(part => part.Max(i => i.User)) + 1;
        var items = parts.Max(part => part.Max(i => i.Item)) + 1;
        return [.. parts.Select(part => InteractionMatrix.FromInteractions(part, users, items))];
    }
}
