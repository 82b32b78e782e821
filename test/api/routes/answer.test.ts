import { expect, it } from 'vitest';
import { answerSchema } from '../../../api/routes/answer.ts';
import { answerQuestion } from '../../../pipeline/answer.ts';
import { MANY, published } from '../../pipeline/published-claims.ts';

it('keeps to its schema, measured or not', async () => {
  const results = await published(MANY);
  for (const study of [undefined, 'ads', 'strong_ads', 'lena']) {
    const answer = await answerQuestion(results, { study });
    expect(answerSchema.parse(JSON.parse(JSON.stringify(answer)))).toEqual(answer);
  }
  results.close();
});
