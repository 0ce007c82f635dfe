import json,sys,collections,re
def load(f):
    d=json.load(open(f)); m=d['snapshot']['meta']; nf=m['node_fields']; types=m['node_types'][0]; n=d['nodes']; st=d['strings']; k=len(nf); ti=nf.index('type'); ni=nf.index('name')
    c=collections.Counter()
    for i in range(0,len(n),k):
        t=types[n[i+ti]]
        if t in('string','concatenated string','sliced string'):
            c[t[:5]+' '+re.sub(r'(?<=[=:|@ -])[A-Za-z0-9_-]{8,}','T',re.sub(r'\d+','#',st[n[i+ni]]))[:70]]+=1
    return c
a=load('/tmp/a.heapsnapshot');b=load('/tmp/b.heapsnapshot'); d=collections.Counter({k:v-a[k] for k,v in b.items()})
for k,v in d.most_common(30): print('%6.2f'%(v/3000),repr(k))
